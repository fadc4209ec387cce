"""The peers of ``bench judge``: each file does the same work with another tool.

A peer is run as a process in the environment of the peers and has ``prepare(spec, frame, keys)``,
which makes everything that can be kept between calls, and ``judge(made)``, which judges all rows
once and gives the findings as columns ``rule`` and ``row``; see ``bench.peers.runner``.
"""
