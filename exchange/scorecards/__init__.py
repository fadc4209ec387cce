"""Scorecards: the data quality of every body on one day, each number open down to its rows."""

from exchange.scorecards.publish import write_scorecard
from exchange.scorecards.scorecard import Scorecard, score

__all__ = ["Scorecard", "score", "write_scorecard"]
