"""What all tests share: the rings they run in, and servers of their own."""

pytest_plugins = ["tests.rings", "tests.stores"]
