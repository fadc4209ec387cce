"""Expectations of the store as a whole: volumes, freshness, uniqueness, coverage, drift. Daily."""
