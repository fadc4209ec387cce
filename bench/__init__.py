"""Benchmarks: ratios against named peers and floors, measured in one run on one machine.

``python -m bench NAME [ARGS]`` runs ``bench/<name>.py``; each has a ``main(arguments)`` and says in
its head what it measures and against what.
"""
