"""Runs a program with the traps of ``tests.faults.traps`` in it: ``… -m tests.faults.trapped M``.

For tests only: the program itself knows nothing of traps.
"""

from __future__ import annotations

import runpy
import sys

from tests.faults.traps import install


def main() -> None:
    """Wraps the points, then runs module ``M`` with the rest of the arguments as its own."""
    install()
    module, *arguments = sys.argv[1:]
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
