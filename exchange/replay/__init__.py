"""Replay: judge past records again with these or other rules, and say what would change."""
