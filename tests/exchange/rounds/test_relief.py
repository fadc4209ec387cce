"""A round ends when the next has taken its post over, and not before."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from exchange.rounds.delivering import deliver
from exchange.rounds.pulling import pull_shard
from exchange.rounds.relief import Post
from exchange.settings import Settings
from exchange.store.connection import Store
from tests.exchange.records import BODY, World

pytestmark = pytest.mark.database
LIMIT_S = 60


def relieved(post: Post) -> bool:
    """Whether the post is known to be relieved, after as long as a look may take."""
    ends = time.monotonic() + 3
    while not post.is_relieved() and time.monotonic() < ends:
        time.sleep(0.1)
    return post.is_relieved()


def test_the_one_that_took_the_post_last_holds_it(judged: World) -> None:
    """Two rounds at one post: the first is relieved by the second, which goes on; others go on."""
    first, second = Post(judged.store, "pull/0"), Post(judged.store, "pull/0")
    other, nameless = Post(judged.store, "pull/1"), Post(judged.store, None)
    for post in (first, other, nameless, second):
        post.take()
    assert [relieved(post) for post in (first, second, other, nameless)] == [
        True, False, False, False,
    ]  # fmt: skip


def test_who_has_not_taken_the_post_is_not_relieved(judged: World) -> None:
    """A round that is still making ready is not sent away by the one that serves."""
    Post(judged.store, "pull/0").take()
    assert not relieved(Post(judged.store, "pull/0"))


def test_while_the_store_is_away_the_round_goes_on() -> None:
    """A store that does not answer relieves nobody, and nothing counts as taken."""
    away = Post(Store("postgresql://nobody@127.0.0.1:9/none", by="test"), "pull/0")
    away.take()
    assert not relieved(away)


@pytest.mark.parametrize("work", ["pull", "deliver"])
def test_a_round_ends_when_it_is_relieved(settings: Settings, judged: World, work: str) -> None:
    """With much time left a round at its post ends as soon as the next has taken the post."""
    until = datetime.now(UTC) + timedelta(minutes=10)
    rounds: dict[str, Callable[[], object]] = {
        "pull": lambda: pull_shard(settings, [BODY], until=until, post="post"),
        "deliver": lambda: deliver(settings, until=until, post="post"),
    }
    running = threading.Thread(target=rounds[work], daemon=True)
    running.start()
    ends = time.monotonic() + LIMIT_S
    while not judged.rows("select from post") and time.monotonic() < ends:
        time.sleep(0.1)
    assert running.is_alive()
    Post(judged.store, "post").take()
    running.join(LIMIT_S)
    assert not running.is_alive()
