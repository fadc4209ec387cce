"""What differs between products, as far as it shows without a server: text forms and errors."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy import DATE, TIMESTAMP, Date, Numeric, String, column
from sqlalchemy.exc import DBAPIError

from connectors.base import StopError
from connectors.database_products import PRODUCTS, Session, failure_of, open_engine, reason_of

READER = Session(read_only=True)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("postgresql://a:b@127.0.0.1/x", "postgresql"),
        ("mariadb://a:b@127.0.0.1/x", "mariadb"),
        ("mysql+pymysql://a:b@127.0.0.1/x", "mysql"),
        ("oracle://a:b@127.0.0.1/?service_name=x", "oracle"),
        ("dm://a:b@127.0.0.1:5236/x", "dm"),
        ("kingbase://a:b@127.0.0.1/x", "kingbase"),
    ],
)
def test_every_product_has_a_driver(address: str, expected: str) -> None:
    """Each address makes an engine with the driver that is shipped, without connecting."""
    engine = open_engine(address, READER)
    assert engine.dialect.name == expected
    assert PRODUCTS[engine.dialect.name].setup(READER)
    engine.dispose()


@pytest.mark.parametrize("address", ["nonsense", "sqlite://", "mssql://a:hush@h/x", "x://a:hush@h"])
def test_other_addresses_stop(address: str) -> None:
    """An address of something else is for a person; its password is not repeated."""
    with pytest.raises(StopError, match="no address of a supported database") as caught:
        open_engine(address, READER)
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    ("product", "kind", "expected"),
    [
        ("oracle", DATE(), "to_char"),
        ("oracle", Numeric(), "to_char"),
        ("oracle", String(10), '"X"'),
        ("dm", Date(), "to_char"),
        ("mysql", Date(), "CAST"),
        ("postgresql", Date(), "CAST"),
    ],
)
def test_columns_become_text_in_the_database(product: str, kind: object, expected: str) -> None:
    """Dates and numbers are turned into text by the database itself, never by the driver."""
    text = PRODUCTS[product].text(column("X"), kind)  # type: ignore[arg-type]  # a type of SQLAlchemy
    assert expected.lower() in str(text).lower().replace("x", '"x"')
    moment = PRODUCTS["oracle"].moment(column("X"), TIMESTAMP())
    assert "FF6" in str(moment.compile(compile_kwargs={"literal_binds": True}))


class _Postgres(Exception):  # noqa: N818 - as a driver's error looks
    def __init__(self, code: str) -> None:
        super().__init__("said\nmore")
        self.pgcode = code


class _Maria(Exception):  # noqa: N818 - the same, with the state that this driver tells besides
    def __init__(self, number: int, state: str) -> None:
        super().__init__(number, "said")
        self.sqlstate = state


@pytest.mark.parametrize(
    ("cause", "failure"),
    [
        (_Postgres("40001"), "conflict"),
        (_Postgres("42703"), "shape"),
        (_Postgres("42501"), "rights"),
        (_Postgres("28P01"), "login"),
        (_Postgres("22001"), "data"),
        (_Postgres("57P01"), "later"),
        (_Maria(1227, "42000"), "rights"),
        (psycopg.errors.InsufficientPrivilege("denied"), "rights"),
        (psycopg.errors.UndefinedColumn("no column"), "shape"),
        (psycopg.errors.SerializationFailure("again"), "conflict"),
        (Exception(1213, "deadlock"), "conflict"),
        (Exception(1054, "no column"), "shape"),
        (Exception(1406, "too long"), "data"),
        (Exception(2013, "lost"), "later"),
        (Exception("password authentication failed for user"), "login"),
        (Exception("server closed the connection unexpectedly"), "later"),
    ],
)
def test_what_errors_mean(cause: Exception, failure: str) -> None:
    """Codes of PostgreSQL and MySQL tell what to do next; what is unknown means later."""
    error = DBAPIError("SELECT secret", {}, cause)
    assert failure_of(error) == failure
    assert "secret" not in reason_of(error)
    assert "\n" not in reason_of(error)
