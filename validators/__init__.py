"""The judgement: every rule of the standard over text rows. Pure, without input or output.

``judge(ruleset, table, records, context)`` gives a verdict per record, findings that a person can
act on, and counts that add up for every rule. The same call serves the pipeline and a county's own
machine.
"""

from validators.engine import judge
from validators.finding import Finding
from validators.judgement import Counts, Judgement, RecordVerdict, RuleError, Stamp
from validators.neighbours import Neighbour
from validators.record import Context, Lookup, ParentState, Record
from validators.registry import discover
from validators.rule import Rule, Scene
from validators.ruleset import Ruleset
from validators.waiver import Waiver

__all__ = [
    "Context",
    "Counts",
    "Finding",
    "Judgement",
    "Lookup",
    "Neighbour",
    "ParentState",
    "Record",
    "RecordVerdict",
    "Rule",
    "RuleError",
    "Ruleset",
    "Scene",
    "Stamp",
    "Waiver",
    "discover",
    "judge",
]
