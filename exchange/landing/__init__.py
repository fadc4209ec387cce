"""Landing: what a body sent is kept unchanged, with its mark, in one transaction."""
