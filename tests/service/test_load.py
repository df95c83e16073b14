"""Many clients at once, over a socket: while the index is exchanged, and more than find room."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

from service.app import create_app
from service.settings import Settings
from tests.fakes import FakeAssistant
from tests.service.conftest import serving

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
