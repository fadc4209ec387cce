"""Judging: landed records against the rules; verdict, findings and case in one transaction."""
