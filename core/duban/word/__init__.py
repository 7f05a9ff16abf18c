"""Word documents from templates: what a template from outside may hold, and how it is filled within limits."""
