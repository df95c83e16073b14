from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from index.errors import DamagedStore
from service.app import create_app
from service.settings import Settings
from tests.fakes import FakeAssistant, FakeStore
from tests.service.conftest import LOCAL

SECRET = "/home/somebody/library"


@pytest.fixture
def empty_store():
    return FakeStore()


@pytest.fixture
def closed(empty_store):
    """A client of a service that finds no index."""
    with TestClient(
        create_app(Settings(refresh_seconds=3600), store=empty_store), base_url=LOCAL
    ) as client:
        yield client


def test_an_open_index_is_ready_and_named(client):
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ready", "generation": "g1"}


def test_the_process_lives_without_an_index(closed):
    assert closed.get("/healthz").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/readyz", None),
        ("POST", "/v1/ask", {"question": "x"}),
        ("POST", "/v1/search", {"query": "x"}),
        ("GET", "/v1/documents", None),
        ("GET", "/v1/documents/x", None),
        ("GET", "/v1/documents/x/text", None),
        ("GET", "/v1/documents/x/notes", None),
    ],
)
def test_without_an_index_every_route_says_when_to_come_back(closed, method, path, body):
    reply = closed.request(method, path, json=body)

    assert (reply.status_code, reply.json()["code"]) == (503, "no_index_open")
    assert int(reply.headers["retry-after"]) > 0
    assert reply.headers["content-type"] == "application/problem+json"


def test_without_an_index_a_page_says_when_to_come_back(closed):
    reply = closed.get("/view?document=x")

    assert reply.status_code == 503
    assert int(reply.headers["retry-after"]) > 0
    assert "No index is open just now." in reply.text


def test_an_index_that_appears_is_served(documents):
    store = FakeStore()
    app = create_app(Settings(refresh_seconds=3600), store=store)
    with TestClient(app, base_url=LOCAL) as client:
        store.add(FakeAssistant(documents))
        app.state.library.refresh()

        assert client.get("/readyz").status_code == 200


def test_a_damaged_index_is_an_error_and_never_an_abstention(client, store, assistant):
    assistant.fault = DamagedStore(SECRET, "nothing", "a file")
    store.fault = assistant.fault

    replies = [client.post("/v1/ask", json={"question": "x"}) for _ in range(2)]

    assert [(r.status_code, r.json()["code"]) for r in replies] == [
        (503, "index_unusable"),
        (503, "no_index_open"),
    ]
    assert all("retry-after" in reply.headers for reply in replies)
    assert all("somebody" not in reply.text for reply in replies)


def test_a_repaired_index_is_served_again(client, store, assistant, documents):
    assistant.fault = DamagedStore(SECRET, "nothing", "a file")
    client.post("/v1/ask", json={"question": "x"})
    store.add(FakeAssistant(documents))

    client.app.state.library.refresh()

    assert client.get("/readyz").status_code == 200
