"""A ruleset told to people and to editors: as a document, as a JSON Schema, and moved to another year."""
