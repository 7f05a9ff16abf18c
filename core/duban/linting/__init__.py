"""What is wrong with a ruleset before there are any data: lints with line and column, and laws that are searched for."""
