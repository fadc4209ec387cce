"""The full ruleset of the largest table: 1, 10 and 100 rows judged by a warm engine.

Half of the rows are as a careful county would write them, the other half have one fault each.
"""

from __future__ import annotations

import statistics
import time
from datetime import UTC, datetime
from random import Random

from bench.county import BODY, rules_of
from bench.report import Number, report
from schemas.sample.faults import faults_of, with_fault
from schemas.sample.records import valid
from validators import Context, Record, judge

SIZES = (1, 10, 100)


def main(arguments: list[str]) -> int:
    """Measure and print; ``--rounds`` (default 50), ``--format json``."""
    return report("ruleset", arguments, {"rounds": Number(50)}, _measure)
