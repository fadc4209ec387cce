"""What every Airflow process imports at its start.

Only the scheduler takes the heavy imports on itself: its workers are forked from it and inherit
them, which was measured to cost a quarter of the processor time per task. Libraries that start
threads (polars and what builds on it) must not be here: a fork copies their locks, not their
threads. Only the process that serves the pages takes the note on their start page.
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

NO_TRIGGERER = (
    "**“触发器（Triggerer）”显示红色不是故障**：本系统没有延迟任务，不启动它，"
    "Airflow 对此也显示红色。是否按时、谁慢，见左侧“时效承诺”。"
)

if sys.argv[1:2] == ["scheduler"]:
    for name in PRELOADED:
        importlib.import_module(name)

if sys.argv[1:2] == ["api-server"]:
    from airflow.api_fastapi.common.types import UIAlert

    DASHBOARD_UIALERTS = [UIAlert(text=NO_TRIGGERER, category="info")]
