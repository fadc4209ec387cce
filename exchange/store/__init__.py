"""The store: the only place that speaks to our database, and that runs the embedded one."""
