"""The demo: a whole city on one machine, started, watched and stopped by one command."""
