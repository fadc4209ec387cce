"""The tests: same path and same name as what they test."""
