"""The check as one folder that a county runs with no network, no database and nothing installed."""
