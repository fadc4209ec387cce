"""Cases become notices: numbered, written, delivered with proof, chased, closed, circulated."""
