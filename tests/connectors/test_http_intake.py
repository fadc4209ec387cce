"""A body that pushes to us has nothing to pull, but must have its token."""

from __future__ import annotations

import pytest

from connectors.base import StopError
from connectors.connections import Connections
from connectors.county import load_bodies, open_source
from schemas import load


def test_nothing_to_pull() -> None:
    """The source is empty; without the stored token it is for a person."""
    standard = load("3.0")
    body = load_bodies()["420600-gxq"]
    with pytest.raises(StopError, match="INTAKE_420600_GXQ_TOKEN"):
        open_source(body, standard, Connections({}))
    stored = Connections({"SPGL_CONN_INTAKE_420600_GXQ_TOKEN": "t"})
    source = open_source(body, standard, stored)
    assert source.check() == []
    assert list(source.pages(standard.in_order[0], None)) == []
    source.close()
