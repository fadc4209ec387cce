"""The page and the endpoint: is the promise kept now, and if not, who is slow."""
