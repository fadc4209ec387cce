"""The simulated province: front database and HTTP services, with checks of its own."""
