"""Airflow as we run it: which processes, with which environment, with which secrets.

Knows nothing of DAGs and imports nothing of Airflow; it says what must be started. The demo starts
the processes itself, a service manager does it in production (`exchange airflow scheduler`), both
from the same words here.
"""

import base64
import json
import os
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""The root of the repository: Airflow's home, and first on the import path."""

COMPONENTS: Mapping[str, tuple[str, ...]] = {
    "airflow-api": ("api-server",),
    "airflow-dags": ("dag-processor",),
    # Task logs are read from the local folder. The log server would listen on every address.
    "airflow-scheduler": ("scheduler", "--skip-serve-logs"),
}
"""What must run: name in lists → arguments of `airflow`. Nothing is deferred: no triggerer."""

SECRETS: Mapping[str, str] = {
    "AIRFLOW__API_AUTH__JWT_SECRET": "signs the tokens with which tasks report",
    "AIRFLOW__API__SECRET_KEY": "signs the sessions of the web pages",
    "AIRFLOW__CORE__FERNET_KEY": "encrypts stored connections",
}
"""What every process must be given alike: variable → what it is for."""


class AirflowSecretsMissingError(RuntimeError):
    """Airflow was to be started without its secrets; every task would fail with a 403."""


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
    for user in ("admin", "office"):
        kept.setdefault(user, secrets.token_urlsafe(9))
    _write_private(folder / "passwords.json", kept)
    return kept


def environment(folder: Path, *, database: str, port: int) -> dict[str, str]:
    """The variables every Airflow process needs beside what it inherits.

    `folder` holds logs, secrets and passwords. `database` is the metadata database as
    `postgresql+psycopg2://…`, `port` that of the web pages on the loopback address.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    address = f"http://127.0.0.1:{port}/"
    return {
        **ensure_secrets(folder),
        "AIRFLOW_HOME": str(ROOT),
        "AIRFLOW_CONFIG": str(ROOT / "airflow.cfg"),
        "PYTHONPATH": str(ROOT),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": database,
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": address,
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{address}execution/",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(folder / "passwords.json"),
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(folder / "logs"),
        "AIRFLOW__LOGGING__DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY": str(
            folder / "logs" / "dag_processor"
        ),
        # The programs report nothing to anybody, and leave no progress bars in logs.
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
    }


def refuse_without_secrets(env: Mapping[str, str]) -> None:
    """Raises AirflowSecretsMissingError, naming each secret that `env` does not have."""
    missing = [f"{name} ({what})" for name, what in SECRETS.items() if not env.get(name)]
    if missing:
        raise AirflowSecretsMissingError(
            "Airflow is not started: these variables are missing: "
            + "; ".join(missing)
            + ". Start it by `./run exchange airflow …`, which makes and keeps them."
        )


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
