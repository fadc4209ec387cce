"""Source: a body that pushes to our own interface; there is nothing to pull.

The interface itself belongs to the landing: what a body pushes there is landed at once. This
connector only gives such a body its place among the others; its ``connection`` names the token by
which the body proves who it is.
"""

from __future__ import annotations

from collections.abc import Iterator

from connectors.base import Mark, Page, Source
from connectors.connections import Connections
from connectors.county import Body, Feed
from schemas import Standard, Table


def open_source(
    body: Body,  # noqa: ARG001 - every connector is opened the same way
    feed: Feed,
    standard: Standard,  # noqa: ARG001 - as above
    connections: Connections,
) -> Source:
    """The empty source; raises StopError when the body's token is not stored."""
    connections.url(feed.connection)
    return EmptySource()


class EmptySource(Source):
    """A source with nothing to pull."""

    def check(self) -> list[str]:
        """Nothing to check: no warnings."""
        return []

    def pages(
        self,
        table: Table,  # noqa: ARG002 - the contract's parameters
        mark: Mark | None,  # noqa: ARG002 - as above
        *,
        page_rows: int = 2000,  # noqa: ARG002 - as above
    ) -> Iterator[Page]:
        """No pages."""
        return iter(())

    def done(self, page: Page) -> None:
        """Never called: there are no pages."""

    def close(self) -> None:
        """Nothing is open."""
