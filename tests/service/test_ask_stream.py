from __future__ import annotations

import json
import socket
import threading
import time
from urllib.parse import urlsplit

import httpx2
import pytest
from fastapi.testclient import TestClient

from index.errors import DamagedStore
from rag.ranking import rank
from service.app import create_app
from service.settings import Settings
from tests.service.conftest import LOCAL

QUESTION = "How many barrels of oil burned in winter?"


def events(text: str) -> list[tuple[str, dict]]:
    found = []
    for block in text.strip().split("\n\n"):
        if not block.startswith(":"):
            name, data = block.split("\n")
            found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


def test_the_parts_of_an_answer_come_in_order(client):
    body = {"question": QUESTION}
    reply = client.post("/v1/ask", json={**body, "stream": True})

    assert reply.headers["content-type"] == "text/event-stream; charset=utf-8"
    parts = events(reply.text)
    assert [name for name, _ in parts] == ["understood", "passages", "citation", "answer", "done"]
    data = dict(parts)
    assert data["understood"] == {"query": QUESTION}
    assert data["passages"]["passages"][0]["rank"] == 1
    assert data["answer"] == client.post("/v1/ask", json=body).json()
    assert data["citation"] == data["answer"]["citations"][0]
    assert data["done"] == {"status": "answered"}


def test_what_fails_before_the_stream_has_a_status_of_its_own(client):
    reply = client.post("/v1/ask", json={"question": "x" * 2001, "stream": True})

    assert (reply.status_code, reply.json()["code"]) == (422, "question_too_long")


def test_what_fails_within_the_stream_is_told_in_it(client, assistant, monkeypatch, tmp_path):
    def ask(question, *, hear, **_):
        hear(assistant.search(question))
        raise DamagedStore(tmp_path, "nothing", "vectors")

    monkeypatch.setattr(assistant, "ask", ask)
    parts = events(client.post("/v1/ask", json={"question": QUESTION, "stream": True}).text)

    name, problem = parts[-1]
    assert (name, problem["code"], problem["status"]) == ("error", "index_unusable", 503)
    assert str(tmp_path) not in str(problem)


def test_a_streamed_question_is_ranked_once(tiny_index, monkeypatch):
    ranked = []

    def counted(*arguments, **options):
        ranked.append(arguments)
        return rank(*arguments, **options)

    monkeypatch.setattr("rag.assistant.rank", counted)
    body = {"question": "How many sacks did the miller count?", "stream": True}
    with TestClient(create_app(Settings(store=tiny_index)), base_url=LOCAL) as client:
        parts = dict(events(client.post("/v1/ask", json=body).text))
        found = client.post("/v1/search", json={"query": body["question"]}).json()

    assert len(ranked) == 2
    assert parts["passages"]["passages"] == found["passages"]
    assert parts["done"] == {"status": "answered"}


@pytest.fixture
def gate(assistant, monkeypatch):
    """Holds every answer until it is opened."""
    gate, ask = threading.Event(), assistant.ask

    def held(*arguments, **options):
        assert gate.wait(60)
        return ask(*arguments, **options)

    monkeypatch.setattr(assistant, "ask", held)
    yield gate
    gate.set()


@pytest.mark.parametrize(
    ("path", "body", "last"),
    [
        ("/v1/ask", {"question": QUESTION, "stream": True}, 'data: {"status":"answered"}'),
        (
            "/v1/chat/completions",
            {
                "model": "ibid",
                "messages": [{"role": "user", "content": QUESTION}],
                "stream": True,
            },
            "data: [DONE]",
        ),
    ],
    ids=["ask", "chat"],
)
def test_a_stream_shows_signs_of_life_and_ends_properly_when_the_server_stops(
    live, gate, monkeypatch, path, body, last
):
    monkeypatch.setattr("service.sse.KEEP_ALIVE_SECONDS", 0.01)

    with httpx2.stream("POST", live.url + path, json=body, timeout=60) as reply:
        lines = reply.iter_lines()
        assert next(line for line in lines if line.startswith(":")) == ": keep-alive"
        live.server.should_exit = True
        gate.set()

        assert [line for line in lines if line][-1] == last


def test_a_client_that_hangs_up_gives_its_place_in_the_queue_back(live, gate):
    desk = live.app.state.desk
    busy = desk.config.workers
    clients = [send(live.url, {"question": QUESTION}) for _ in range(busy + 1)]
    wait_until(lambda: desk.taken == busy + 1)

    for client in clients:
        client.close()

    # Those at work cannot be stopped; the one in the queue is never begun.
    wait_until(lambda: desk.taken == busy)
    gate.set()
    wait_until(lambda: desk.taken == 0)


def send(url: str, body: dict) -> socket.socket:
    """Ask, and do not wait for the reply."""
    address = urlsplit(url)
    client = socket.create_connection((address.hostname, address.port))
    content = json.dumps(body)
    client.sendall(
        f"POST /v1/ask HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(content)}\r\n\r\n{content}".encode()
    )
    return client


def wait_until(condition) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.005)
