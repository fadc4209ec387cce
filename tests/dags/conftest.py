"""Airflow for the tests of the DAGs: a process of its own with a temporary home for its state."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exchange import airflow_service
from exchange.settings import ROOT

Airflow = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def airflow(tmp_path_factory: pytest.TempPathFactory) -> Airflow:
    """Runs ``airflow_program.py`` with some variables set; returns what it printed as JSON."""

    def call(command: str, **variables: str) -> dict[str, Any]:
        folder = tmp_path_factory.mktemp("airflow")
        logs = folder / "logs"
        env = {
            **os.environ,
            "AIRFLOW_HOME": str(ROOT),
            "AIRFLOW_CONFIG": str(ROOT / "airflow.cfg"),
            "PYTHONPATH": str(ROOT),
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{folder}/airflow.db",
            "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(logs),
            "AIRFLOW__LOGGING__DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY": str(logs / "dags"),
            "SPGL_STATE": str(folder / "state"),
            **airflow_service.ensure_secrets(folder),
            **variables,
        }
        program = Path(__file__).with_name("airflow_program.py")
        done = subprocess.run(
            [sys.executable, str(program), command],
            env=env,
            capture_output=True,
            text=True,
            timeout=240,
        )
        marked = [line for line in done.stdout.splitlines() if line.startswith("RESULT")]
        assert marked, f"exit code {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        result: dict[str, Any] = json.loads(marked[-1].removeprefix("RESULT"))
        return result | {"printed": done.stdout + done.stderr}

    return call
