"""The proxy does to a connection what the weather says, and nothing in clear weather."""

from __future__ import annotations

import gc
import socket
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import closing, suppress

import pytest

from tests.faults.proxy import CUT_AFTER_BYTES, DELAY_S, Proxy

ANSWER = b"x" * (3 * CUT_AFTER_BYTES)


@pytest.fixture
def server() -> Iterator[socket.socket]:
    """A server that answers every word with many bytes."""
    listener = socket.create_server(("127.0.0.1", 0))

    def speak(client: socket.socket) -> None:
        with closing(client), suppress(OSError):
            while client.recv(100):
                client.sendall(ANSWER)

    def serve() -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                threading.Thread(target=speak, args=(client,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    yield listener
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


@pytest.fixture
def proxy(server: socket.socket) -> Iterator[Proxy]:
    """A proxy with one route to that server."""
    made = Proxy()
    made.route("it", *server.getsockname())
    yield made
    made.close()


def asked(proxy: Proxy, *, wait: float = 5) -> tuple[int, str]:
    """How many bytes of the answer came, and how it ended: whole, reset, closed or silence."""
    got = 0
    try:
        with socket.create_connection(("127.0.0.1", proxy.routes["it"].port), wait) as client:
            client.sendall(b"word")
            while got < len(ANSWER):
                data = client.recv(65536)
                if not data:
                    return got, "closed"
                got += len(data)
    except ConnectionError:
        return got, "reset"
    except TimeoutError:
        return got, "silence"
    return got, "whole"


def test_clear_weather_passes_all(proxy: Proxy) -> None:
    """Nothing is lost, and a changed weather can change back."""
    assert asked(proxy) == (len(ANSWER), "whole")
    proxy.set("refuse")
    assert asked(proxy)[1] == "reset"
    proxy.set("clear")
    assert asked(proxy) == (len(ANSWER), "whole")


def test_cuts_in_the_middle(proxy: Proxy) -> None:
    """A reset is an error, a half-closed connection an end that comes too early."""
    proxy.set("reset")
    assert asked(proxy)[1] == "reset"
    proxy.set("half-close")
    assert asked(proxy) == (CUT_AFTER_BYTES, "closed")


def test_dropped_answers_are_silence(proxy: Proxy) -> None:
    """The client waits in vain."""
    proxy.set("drop-answers")
    assert asked(proxy, wait=0.3) == (0, "silence")


def test_slow_weather_takes_its_time(proxy: Proxy) -> None:
    """A delay holds back, a trickle passes all in the end."""
    proxy.set("delay")
    began = time.monotonic()
    assert asked(proxy) == (len(ANSWER), "whole")
    assert time.monotonic() - began >= DELAY_S
    proxy.set("trickle")
    threading.Timer(0.3, proxy.set, args=("clear",)).start()
    assert asked(proxy) == (len(ANSWER), "whole")


def test_ends_with_clients_at_every_step(server: socket.socket) -> None:
    """Who was just let in, who speaks, who leaves: no end of a connection stays open."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        for number in range(100):
            ending = Proxy()
            port = ending.route("it", *server.getsockname())
            address = ("127.0.0.1", port)
            with socket.create_connection(address), socket.create_connection(address) as speaks:
                speaks.sendall(b"word")
                if number % 2:
                    speaks.recv(100)
            ending.close()
        gc.collect()
    assert [str(one.message) for one in told] == []
