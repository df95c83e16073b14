"""Clients that take their time with the head of a request."""

from __future__ import annotations

import itertools
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from service.app import create_app
from service.settings import Settings
from tests.service.conftest import serving

HEAD = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
PATIENCE_SECONDS = 60


@contextmanager
def connected(store, body_seconds: float) -> Iterator[socket.socket]:
    settings = Settings(refresh_seconds=3600, body_seconds=body_seconds)
    with serving(create_app(settings, store=store), settings) as live:
        address = urlsplit(live.url)
        with socket.create_connection((address.hostname, address.port), PATIENCE_SECONDS) as client:
            yield client


def is_given_up(client: socket.socket, pieces: Iterator[bytes]) -> bool:
    """Send piece by piece, until the other side has had enough."""
    client.settimeout(0.02)
    deadline = time.monotonic() + PATIENCE_SECONDS
    for piece in pieces:
        assert time.monotonic() < deadline, "waited in vain"
        try:
            client.sendall(piece)
            if not client.recv(1000):
                return True
        except TimeoutError:
            continue
        except ConnectionError:
            return True
    return False


def test_a_head_that_dribbles_in_is_given_up(store):
    with connected(store, 0.2) as client:
        assert is_given_up(client, itertools.chain([HEAD[:30]], itertools.repeat(b"x")))


def test_a_client_that_says_nothing_is_given_up(store):
    with connected(store, 0.2) as client:
        assert client.recv(1000) == b""


@pytest.mark.parametrize("pause", [0, 5], ids=["at once", "in two parts"])
def test_a_second_head_that_dribbles_in_is_given_up_too(store, pause):
    """Between two requests uvicorn waits itself, and stops as soon as one byte has come."""
    with connected(store, 0.2) as client:
        client.sendall(HEAD[:pause])
        client.sendall(HEAD[pause:])
        assert client.recv(1000).startswith(b"HTTP/1.1 200 ")

        assert is_given_up(client, itertools.repeat(b"x"))


def test_a_head_that_comes_in_time_is_read(store):
    with connected(store, PATIENCE_SECONDS) as client:
        for byte in HEAD:
            client.sendall(bytes([byte]))

        assert client.recv(1000).startswith(b"HTTP/1.1 200 ")


def test_a_reply_that_takes_its_time_is_waited_for(store, assistant, monkeypatch):
    ask = assistant.ask

    def slow(*arguments, **options):
        time.sleep(0.5)
        return ask(*arguments, **options)

    monkeypatch.setattr(assistant, "ask", slow)
    body = b'{"question": "How many barrels of oil burned in winter?"}'
    with connected(store, 0.1) as client:
        client.sendall(
            b"POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
        )

        assert client.recv(1000).startswith(b"HTTP/1.1 200 ")
