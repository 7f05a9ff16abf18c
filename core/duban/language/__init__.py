"""The language of rules: measure text and department text, parsed, checked and compiled, clause by clause.

`duban.sql` renders measure text for the engine, `duban.conditions` evaluates department text; both stand on this.
"""
