"""The door to the benchmarks: ``python -m bench NAME [ARGS]``."""

from __future__ import annotations

import signal
import sys
from importlib import import_module
from pathlib import Path

from exchange.memory import look_for_cycles_seldom


def names() -> dict[str, str]:
    """The benchmarks and the first line of what each says of itself."""
    found = {}
    for path in sorted(Path(__file__).parent.glob("*.py")):
        text = path.read_text("utf-8")
        if "\ndef main(" in text and not path.stem.startswith("__"):
            found[path.stem] = text.split('"""')[1].splitlines()[0]
    return found


def main(arguments: list[str]) -> int:
    """Run the benchmark that is named first; without one, say which there are."""
    known = names()
    if not arguments or arguments[0] not in known:
        print("python -m bench NAME [ARGS]; NAME is one of:")
        for name, what in known.items():
            print(f"  {name:12} {what}")
        return 0 if not arguments or arguments[0] in {"-h", "--help"} else 2
    look_for_cycles_seldom()  # as every process of the exchange does
    run = import_module(f"bench.{arguments[0]}").main
    return int(run(arguments[1:]) or 0)


def _ended(number: int, _frame: object) -> None:
    """Ends as Ctrl-C does: what a benchmark started is stopped."""
    raise SystemExit(128 + number)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _ended)
    sys.exit(main(sys.argv[1:]))
