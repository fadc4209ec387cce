"""What can be changed on a body while it lives, and what it can be told to do once."""

from __future__ import annotations

from simulators.control import Setting
from simulators.settings import BodyPlan

ORDERS = {
    "flood": "sends `rows` more rows at once",
    "mistake": "puts the mistake `fault` of schemas.sample into the next `rows` rows it fits",
    "vanish": "removes `rows` delivered rows without withdrawing them",
    "withdraw": "withdraws `rows` records by the protocol",
    "drop_column": "drops `column` (TABLE.COLUMN) from its front database",
    "restore_column": "adds `column` (TABLE.COLUMN) to its front database again",
}


def allowed(plan: BodyPlan) -> dict[str, Setting]:
    """The settings of one body with the defaults of the city file."""
    return {
        "rate": Setting("number", plan.rate, "rows per second of one feed", 0.0, 200.0),
        "mistakes": Setting("number", plan.mistakes, "share of rows with a mistake", 0.0, 1.0),
        "hold": Setting(
            "number", plan.hold, "seconds that every fourth transaction stays open", 0.0, 3600.0
        ),
        "skew": Setting("number", plan.skew, "seconds its clock is ahead", -86400.0, 86400.0),
        "correction": Setting(
            "choice",
            plan.correction,
            "how it puts records right",
            choices=("protocol", "update", "resend"),
        ),
        "correction_delay": Setting(
            "number", plan.correction_delay, "seconds from a notice to the correction", 0.0, 86400.0
        ),
        "corrects": Setting("flag", True, "whether it acts on notices at all"),
        "vanishing": Setting(
            "number", 0.0, "rows per minute removed without withdrawal", 0.0, 600.0
        ),
        "pause": Setting("flag", False, "sends nothing"),
        "down": Setting("flag", False, "the exchange cannot reach its front database"),
    }
