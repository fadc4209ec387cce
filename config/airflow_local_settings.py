"""What every Airflow process imports at its start.

Only the scheduler takes the heavy imports on itself: its workers are forked from it and inherit
them, which was measured to cost a quarter of the processor time per task. Libraries that start
threads (polars and what builds on it) must not be here: a fork copies their locks, not their
threads.
"""

import importlib
import sys

PRELOADED = (
    "airflow.sdk.execution_time.task_runner",
    "psycopg",
    "psycopg2",
    "requests",
    "sqlalchemy.dialects.postgresql",
    "structlog",
)

if sys.argv[1:2] == ["scheduler"]:
    for name in PRELOADED:
        importlib.import_module(name)
