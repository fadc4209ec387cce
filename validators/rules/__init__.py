"""Hand-written rules: one file is one rule, named after the fault it finds."""
