"""Delivery: versions that passed go up, once, parents first, and are followed to their verdict."""
