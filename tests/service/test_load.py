"""Many clients at once, over a socket: while the index is exchanged, and more than find room."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest
from fastapi.testclient import TestClient

from service.app import create_app
from service.settings import Settings
from tests.fakes import FakeAssistant
from tests.service.conftest import LOCAL, serving

ASK = {"question": "How many barrels of oil burned in winter?"}
CLIENTS = 8
EXCHANGES = 20


def settings(**more) -> Settings:
    return Settings(refresh_seconds=3600, rate_per_minute=0, **more)


def test_no_request_fails_while_the_index_is_exchanged(store, documents):
    app = create_app(settings(), store=store)
    with serving(app) as live, httpx2.Client() as client, ThreadPoolExecutor(CLIENTS) as threads:
        for number in range(EXCHANGES):
            asked = [threads.submit(client.post, f"{live.url}/v1/ask", json=ASK) for _ in range(4)]
            store.add(FakeAssistant(documents, f"g{number + 2}"))
            assert app.state.library.refresh()
            assert {reply.result().status_code for reply in asked} == {200}
        last = client.post(f"{live.url}/v1/ask", json=ASK).json()

    assert last["index"]["generation"] == f"g{EXCHANGES + 1}"


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/chat/completions"])
def test_a_crowd_is_answered_or_told_when_to_come_back(store, path):
    body = {**ASK, "model": "ibid", "messages": [{"role": "user", "content": ASK["question"]}]}
    if path == "/v1/ask":
        body = ASK
    app = create_app(settings(workers=1, waiting=1), store=store)
    with serving(app) as live, httpx2.Client() as client, ThreadPoolExecutor(CLIENTS) as threads:
        replies = list(
            threads.map(lambda _: client.post(live.url + path, json=body), range(10 * CLIENTS))
        )

    refused = [reply for reply in replies if reply.status_code == 503]
    assert {reply.status_code for reply in replies} <= {200, 503}
    assert any(reply.status_code == 200 for reply in replies)
    assert all("retry-after" in reply.headers for reply in refused)


def objects() -> int:
    """Count what is there; SQLite drops its weak references a few hundred at a time."""
    gc.collect()
    return sum(type(kept) is not weakref.ref for kept in gc.get_objects())


def objects_kept(work: Callable[[], object], times: int) -> int:
    """Count the objects that outlive some work, done so many times."""
    before = objects()
    for _ in range(times):
        work()
    return objects() - before


def test_no_request_leaves_anything_behind(tiny_index):
    question = "How many sacks did the miller count?"
    chat = {"model": "ibid", "messages": [{"role": "user", "content": question}]}
    with TestClient(create_app(settings(store=tiny_index)), base_url=LOCAL) as client:

        def ask() -> None:
            for stream in (False, True):
                client.post("/v1/ask", json={"question": question, "stream": stream})
                client.post("/v1/chat/completions", json={**chat, "stream": stream})
            client.post("/v1/search", json={"query": question})
            client.get("/view", params={"document": "bread.txt"})
            assert client.get("/v1/documents/nowhere").status_code == 404

        # The first ones fill what is kept on purpose.
        objects_kept(ask, 10)

        assert objects_kept(ask, 50) < 50
