"""Worked examples of a ruleset: `examples.toml` run as a test suite, what it does not reach, what it does not notice."""
