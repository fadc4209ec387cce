"""A program for the tests of the DAGs: Airflow is imported here, never in the tests' own process.

``describe`` prints what the DAG files make, as JSON. ``run`` runs every DAG once from beginning to
end without a scheduler and prints the states of its tasks and what they returned.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from airflow.dag_processing.dagbag import DagBag
from airflow.serialization.serialized_objects import DagSerialization
from airflow.utils.db import initdb

SHORT = timedelta(seconds=float(os.environ.get("SHORT_ROUND_S", "8")))


def main(command: str) -> None:
    """Reads all DAG files and does what was asked for."""
    initdb()
    folder = Path(os.environ["AIRFLOW_HOME"], "dags")
    bag = DagBag(dag_folder=str(folder), bundle_path=folder, bundle_name="dags-folder")
    found: dict[str, Any] = {"errors": bag.import_errors}
    found["dags"] = {name: describe(dag) for name, dag in sorted(bag.dags.items())}
    if command == "run":
        found["runs"] = {name: run(dag) for name, dag in sorted(bag.dags.items())}
    print("RESULT" + json.dumps(found, ensure_ascii=False, default=str, sort_keys=True))


def describe(dag: Any) -> dict[str, Any]:
    """What the tests look at of one DAG."""
    return {
        "file": Path(dag.fileloc).name,
        "doc": dag.doc_md,
        "name": dag.dag_display_name,
        "tags": sorted(dag.tags),
        "owner": DagSerialization.from_dict(DagSerialization.to_dict(dag)).owner,
        "timezone": str(dag.timezone),
        "catchup": dag.catchup,
        "max_active_runs": dag.max_active_runs,
        "schedule": str(
            dag.timetable.summary if hasattr(dag.timetable, "summary") else dag.schedule
        ),
        "tasks": {task.task_id: describe_task(task) for task in dag.tasks},
        "serialised": DagSerialization.to_dict(dag),
    }


def describe_task(task: Any) -> dict[str, Any]:
    """What the tests look at of one task, mapped or not."""
    return {
        "owner": task.owner,
        "retries": task.retries,
        "priority": task.priority_weight,
        "timeout_s": task.execution_timeout.total_seconds() if task.execution_timeout else None,
        "name": task.task_display_name,
        "doc": task.python_callable.__doc__,
    }


def run(dag: Any) -> dict[str, Any]:
    """Runs a DAG to its end, rounds shortened, no retries; each task's state by its map index."""
    for task in dag.tasks:
        task.retries = 0
        scope = task.python_callable.__globals__
        if "ROUND" in scope:
            scope["ROUND"] = SHORT
    done = dag.test()
    return {f"{task.task_id}[{task.map_index}]": task.state for task in done.get_task_instances()}


if __name__ == "__main__":
    main(sys.argv[1])
