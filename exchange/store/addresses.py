"""Which database each part works with: the one that is configured, else the embedded one's."""

from __future__ import annotations

from exchange.errors import StopError
from exchange.settings import Settings
from exchange.store.embedded import Cluster

OWNER, APP, AIRFLOW = "exchange_owner", "exchange_app", "airflow"
EXCHANGE_DATABASE, AIRFLOW_DATABASE = "exchange", "airflow"


class NoOwnerError(StopError):
    """SPGL_DATABASE_URL is set, SPGL_OWNER_DATABASE_URL is not.

    The store is created and upgraded by its owner: set the URL of the role exchange_owner too.
    """


def cluster(settings: Settings) -> Cluster:
    """The embedded server of the exchange itself, running or not."""
    return Cluster(settings.store_folder, programs=settings.pg_bin)


def app_url(settings: Settings) -> str:
    """The exchange's database for everyday work: rows, no structure. Holds a password."""
    return settings.database_url or cluster(settings).dsn(EXCHANGE_DATABASE, APP)


def owner_url(settings: Settings) -> str:
    """The exchange's database for its owner, who may change its structure. Raises NoOwnerError."""
    if settings.owner_database_url:
        return settings.owner_database_url
    if settings.database_url:
        raise NoOwnerError
    return cluster(settings).dsn(EXCHANGE_DATABASE, OWNER)


def airflow_url(settings: Settings) -> str:
    """Airflow's own database, which is never ours to look into."""
    return settings.airflow_database_url or cluster(settings).dsn(AIRFLOW_DATABASE, AIRFLOW)


def provision(settings: Settings) -> None:
    """Start the embedded server as far as it is used, and have its roles and databases."""
    if settings.database_url and settings.airflow_database_url:
        return
    server = cluster(settings)
    server.start()
    if not settings.database_url:
        server.ensure_role(OWNER)
        server.ensure_role(APP)
        server.ensure_database(EXCHANGE_DATABASE, OWNER, users=(APP,))
    if not settings.airflow_database_url:
        server.ensure_role(AIRFLOW)
        server.ensure_database(AIRFLOW_DATABASE, AIRFLOW)
