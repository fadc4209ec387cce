"""Airflow as we run it: which processes, with which environment, with which secrets.

Knows nothing of DAGs and imports nothing of Airflow; it says what must be started. The demo starts
the processes itself, a service manager does it in production (`exchange airflow scheduler`), both
from the same words here.
"""

import base64
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from exchange.errors import StopError, TryLaterError
from exchange.settings import ROOT, Settings
from exchange.store import addresses

COMPONENTS: Mapping[str, tuple[str, ...]] = {
    "airflow-api": ("api-server",),
    "airflow-dags": ("dag-processor",),
    # Task logs are read from the local folder. The log server would listen on every address.
    "airflow-scheduler": ("scheduler", "--skip-serve-logs"),
}
"""What must run: name in lists → arguments of `airflow`. Nothing is deferred: no triggerer."""

WORKER = ("celery", "worker", "--skip-serve-logs", "--without-mingle", "--without-gossip")
"""What runs on each further machine when there is a queue: the arguments of `airflow`."""

SECRETS: Mapping[str, str] = {
    "AIRFLOW__API_AUTH__JWT_SECRET": "signs the tokens with which tasks report",
    "AIRFLOW__API__SECRET_KEY": "signs the sessions of the web pages",
    "AIRFLOW__CORE__FERNET_KEY": "encrypts stored connections",
}
"""What every process must be given alike: variable → what it is for."""


LOGINS = ("admin", "office")
"""The users of the web pages, as airflow.cfg names them."""


class AirflowSecretsMissingError(StopError):
    """Airflow is not started, because it would run without {missing}, and every task would fail.

    Start it by `./run exchange airflow …`, which makes these secrets once and keeps them.
    """


class MaintenanceFailedError(TryLaterError):
    """`airflow db clean` ended with {code}: {why}. Nothing but old rows can have been deleted."""


def command(*arguments: str) -> list[str]:
    """The command line that runs `airflow` in our own environment."""
    return [sys.executable, "-m", "airflow", *arguments]


def ensure_secrets(folder: Path) -> dict[str, str]:
    """The secrets of the Airflow whose state is in `folder`; made on the first call, kept for ever.

    The file `secrets.json` has mode 0600. A value given in the environment wins: production may
    keep its secrets elsewhere.
    """
    kept = _read_private(folder / "secrets.json")
    for variable in SECRETS:
        kept.setdefault(variable, _new_secret())
    _write_private(folder / "secrets.json", kept)
    return {variable: os.environ.get(variable, kept[variable]) for variable in SECRETS}


def ensure_logins(folder: Path) -> dict[str, str]:
    """User → password of the web pages; generated on the first call, kept in `passwords.json`."""
    kept = _read_private(folder / "passwords.json")
    for user in LOGINS:
        kept.setdefault(user, secrets.token_urlsafe(9))
    _write_private(folder / "passwords.json", kept)
    return kept


def folder(settings: Settings) -> Path:
    """Where Airflow's logs, secrets and passwords are."""
    return settings.state / "airflow"


def address(settings: Settings) -> str:
    """Where the web pages are; on the loopback address unless the installation says otherwise."""
    return f"http://{settings.airflow_host}:{settings.airflow_port}/"


def environment(settings: Settings) -> dict[str, str]:
    """The variables every Airflow process needs beside what it inherits; makes secrets if needed.

    The values hold secrets and passwords: never print or log them.
    """
    place = folder(settings)
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    ensure_logins(place)
    env = {
        **ensure_secrets(place),
        "AIRFLOW_HOME": str(ROOT),
        "AIRFLOW_CONFIG": str(ROOT / "airflow.cfg"),
        "PYTHONPATH": str(ROOT),
        "SPGL_STATE": str(settings.state),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": _with_driver(addresses.airflow_url(settings)),
        # in a cluster the name by which others reach us is no address to listen on
        "AIRFLOW__API__HOST": os.environ.get("AIRFLOW__API__HOST", settings.airflow_host),
        "AIRFLOW__API__PORT": str(settings.airflow_port),
        "AIRFLOW__API__BASE_URL": address(settings),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{address(settings)}execution/",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(place / "passwords.json"),
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(place / "logs"),
        "AIRFLOW__LOGGING__DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY": str(
            place / "logs" / "dag_processor"
        ),
    }
    if settings.queue_url:
        env |= _over_a_queue(settings.queue_url, env["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"])
    refuse_without_secrets(env)
    return env


def _over_a_queue(queue_url: str, database: str) -> dict[str, str]:
    """Tasks go to workers over a queue; what became of them stands in Airflow's own database.

    A task is taken off the queue when it ends, not when it begins, and no worker takes more than
    it has hands for: what a dead worker held is given to another one.
    """
    return {
        "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
        "AIRFLOW__CELERY__BROKER_URL": queue_url,
        "AIRFLOW__CELERY__RESULT_BACKEND": f"db+{database}",
        "AIRFLOW__CELERY__TASK_ACKS_LATE": "True",
        "AIRFLOW__CELERY__WORKER_PREFETCH_MULTIPLIER": "1",
        "AIRFLOW__CELERY__WORKER_CONCURRENCY": "8",
    }


def refuse_without_secrets(env: Mapping[str, str]) -> None:
    """Raises AirflowSecretsMissingError, naming each secret that `env` does not have."""
    missing = [f"{name} ({what})" for name, what in SECRETS.items() if not env.get(name)]
    if missing:
        raise AirflowSecretsMissingError(missing="; ".join(missing))


def maintain(settings: Settings, *, keep: timedelta, now: datetime) -> str:
    """Deletes what Airflow wrote about runs before `now` - `keep`: rows of its tables, log files.

    Runs `airflow db clean` as a process of its own: a task may not touch Airflow's database.
    Returns a sentence; raises MaintenanceFailedError.
    """
    before = now - keep
    done = subprocess.run(
        command("db", "clean", "--clean-before-timestamp", before.isoformat(),
                "--skip-archive", "--yes"),
        env={**os.environ, **environment(settings)},
        capture_output=True,
        text=True,
    )  # fmt: skip
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or ["no message"]
        raise MaintenanceFailedError(code=done.returncode, why=last[0])
    deleted = _delete_old_logs(folder(settings) / "logs", before)
    return f"kept from {before:%Y-%m-%d %H:%M}; {deleted} log files deleted"


def _delete_old_logs(logs: Path, before: datetime) -> int:
    """Deletes the files last written before `before` and the folders that are empty then."""
    deleted = 0
    for parent, _, names in os.walk(logs, topdown=False):
        for path in (Path(parent) / name for name in names):
            if path.lstat().st_mtime < before.timestamp():
                path.unlink()
                deleted += 1
        if Path(parent) != logs and not any(Path(parent).iterdir()):
            Path(parent).rmdir()
    return deleted


def _with_driver(url: str) -> str:
    """Airflow must be told the driver: plain `postgresql://` means another one to SQLAlchemy."""
    return "postgresql+psycopg2://" + url.split("://", 1)[1]


def _new_secret() -> str:
    """32 random bytes in the form that a Fernet key must have; good for the other two as well."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode("ascii")


def _read_private(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    content: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return content


def _write_private(path: Path, content: Mapping[str, str]) -> None:
    """Writes through a temporary file: a reader sees the old or the new, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_suffix(".new")
    draft.touch(mode=0o600)
    draft.chmod(0o600)
    draft.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    draft.replace(path)
