"""Airflow's processes all get the same secrets, and none starts without them."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from exchange import airflow_service
from exchange.airflow_service import AirflowSecretsMissingError
from exchange.settings import ROOT, Settings

URL = "postgresql://airflow:x@127.0.0.1:5/airflow"


def test_secrets_are_made_once_and_kept_private(tmp_path: Path) -> None:
    """Every start gives the same secrets, from a file that only the owner may read."""
    first = airflow_service.ensure_secrets(tmp_path / "airflow")
    assert first == airflow_service.ensure_secrets(tmp_path / "airflow")
    assert len(set(first.values())) == len(airflow_service.SECRETS)
    mode = (tmp_path / "airflow" / "secrets.json").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_secrets_of_the_environment_win(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation may keep its secrets elsewhere."""
    monkeypatch.setenv("AIRFLOW__API_AUTH__JWT_SECRET", "from-the-vault")
    assert airflow_service.ensure_secrets(tmp_path)["AIRFLOW__API_AUTH__JWT_SECRET"] == (
        "from-the-vault"
    )


def test_refuses_to_start_without_secrets() -> None:
    """A missing secret would make every task fail: it is named instead."""
    with pytest.raises(AirflowSecretsMissingError, match="AIRFLOW__CORE__FERNET_KEY"):
        airflow_service.refuse_without_secrets({"AIRFLOW__API_AUTH__JWT_SECRET": "x"})


def test_environment_names_driver_ports_and_folders(tmp_path: Path) -> None:
    """The address tasks report to follows the port; the driver of the database is spelled out."""
    settings = Settings(state=tmp_path, airflow_database_url=URL, airflow_port=18080)
    env = airflow_service.environment(settings)
    assert env["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] == URL.replace(":", "+psycopg2:", 1)
    assert env["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == "http://127.0.0.1:18080/execution/"
    assert env["AIRFLOW__API__BASE_URL"] == "http://127.0.0.1:18080/"
    assert env["AIRFLOW__LOGGING__BASE_LOG_FOLDER"].startswith(str(tmp_path))
    assert set(airflow_service.SECRETS) <= set(env)


def test_configuration_is_portable_and_without_secrets() -> None:
    """airflow.cfg knows no folder but AIRFLOW_HOME, and nothing that must stay private."""
    text = (ROOT / "airflow.cfg").read_text("utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    for line in lines:
        assert "#" not in line, f"a comment here becomes part of the value: {line}"
        assert "$" not in line.replace("${AIRFLOW_HOME}", "")
        assert not line.startswith(("jwt_secret", "secret_key", "fernet_key"))


def test_old_logs_are_deleted_and_new_ones_kept(tmp_path: Path) -> None:
    """Cleaning removes old files and the folders they leave empty, nothing else."""
    now = datetime.now(UTC)
    old, new = tmp_path / "a" / "old.log", tmp_path / "b" / "new.log"
    for path, age in ((old, 20), (new, 1)):
        path.parent.mkdir()
        path.touch()
        moment = (now - timedelta(days=age)).timestamp()
        os.utime(path, (moment, moment))
    assert airflow_service._delete_old_logs(tmp_path, now - timedelta(days=14)) == 1
    assert [path.name for path in tmp_path.rglob("*")] == ["b", "new.log"]


@pytest.mark.parametrize("process", ["api-server", "dag-processor"])
def test_start_page_says_why_the_triggerer_is_red(process: str, tmp_path: Path) -> None:
    """Airflow cannot be told that there is none: the process that serves the pages has a note."""
    assert all("triggerer" not in words for words in airflow_service.COMPONENTS.values())
    program = (
        f"import sys; sys.argv = ['airflow', '{process}']; import airflow_local_settings as ours;"
        "print([(one.category, one.text) for one in getattr(ours, 'DASHBOARD_UIALERTS', [])])"
    )
    told = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "AIRFLOW_HOME": str(tmp_path), "PYTHONPATH": str(ROOT / "config")},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    if process == "api-server":
        assert "'info'" in told
        assert "“触发器（Triggerer）”显示红色不是故障" in told
    else:
        assert told.strip() == "[]"
