"""How a process that carries records looks after its memory."""

import gc

OBJECTS_BETWEEN_LOOKS = 20_000


def look_for_cycles_seldom() -> None:
    """Search for unreachable cycles once in so many new objects, not in 700 as Python would.

    Records, findings and verdicts are plain data and go by reference counts; looking through those
    that are alive again and again took a third of the judgement of 5,000 records.
    """
    gc.set_threshold(OBJECTS_BETWEEN_LOOKS)
