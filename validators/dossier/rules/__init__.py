"""Rules on whole dossiers: one file, one fault."""
