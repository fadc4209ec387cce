"""Waivers: who excused which body from which rule until when, added and revoked under a name."""
