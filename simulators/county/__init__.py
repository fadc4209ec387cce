"""The simulated counties, departments and zones: they live, make mistakes and mend them."""
