"""Ports are found free, or named, before anything starts."""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from pathlib import Path

import pytest

from exchange.demo.ports import Ports, PortsInUseError, is_free
from exchange.settings import Settings


def test_a_taken_port_is_named_with_its_use_and_holder() -> None:
    """The error says which port, what it is for, who holds it and how to choose another."""
    ports = Ports.choose(Settings(), 0)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", ports.gateway))
        taken.listen()
        with pytest.raises(PortsInUseError) as caught:
            ports.refuse_if_in_use()
    text = str(caught.value)
    assert f"{ports.gateway} (模拟省级接口" in text
    assert f"held by process {os.getpid()}" in text
    assert "--port-base" in text
    assert str(ports.airflow) + " (" not in text


def test_zero_chooses_ports_that_are_free() -> None:
    """Demos can run side by side."""
    ports = Ports.choose(Settings(), 0)
    ports.refuse_if_in_use()
    assert is_free(ports.airflow)


def test_chosen_ports_are_none_that_a_client_may_get() -> None:
    """No connection that anybody makes can take a port between its choice and its use."""
    clients = 32_768
    with suppress(OSError):
        text = Path("/proc/sys/net/ipv4/ip_local_port_range").read_text("utf-8")
        clients = max(int(text.split()[0]), 11_240)
    assert all(Ports.choose(Settings(), 0).queue < clients for _ in range(50))


def test_a_base_gives_neighbouring_ports() -> None:
    """Seven ports in a row, in the order of the parts."""
    assert Ports.choose(Settings(), 18000) == Ports(*range(18000, 18007))


def test_without_a_base_the_settings_decide() -> None:
    """The pages and the intake stay where the installation has them."""
    ports = Ports.choose(Settings(airflow_port=9090, intake_port=9091), None)
    assert (ports.airflow, ports.intake) == (9090, 9091)
