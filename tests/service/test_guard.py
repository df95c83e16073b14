"""Who may ask, how often, and how much a request may hold."""

from __future__ import annotations

import json
import logging
import socket
from contextlib import contextmanager
from urllib.parse import urlsplit

import openai
import pytest
from fastapi.testclient import TestClient

from service.app import create_app
from service.keys import Keyring, add_key
from service.middleware.guard import GUESSES_PER_MINUTE, network
from service.settings import Settings
from tests.service.conftest import LOCAL, serving

ASK = {"question": "How many barrels of oil burned in winter?"}


@pytest.fixture
def client_of(store):
    @contextmanager
    def client_of(*, keys=None, base_url=LOCAL, **settings):
        made = Settings(refresh_seconds=3600, **settings)
        app = create_app(made, store=store, keys=keys)
        with TestClient(app, base_url=base_url, raise_server_exceptions=False) as client:
            yield client

    return client_of


@pytest.fixture
def key(tmp_path) -> str:
    return add_key(tmp_path / "keys", "reader")


@pytest.fixture
def keys(tmp_path, key) -> Keyring:
    assert key
    return Keyring.load(tmp_path / "keys")


def test_with_keys_nobody_asks_without_one(client_of, keys, key):
    with client_of(keys=keys) as client:
        refused = client.post("/v1/ask", json=ASK)
        wrong = client.post("/v1/ask", json=ASK, headers={"authorization": "Bearer ibid_no"})
        right = client.post("/v1/ask", json=ASK, headers={"authorization": f"Bearer {key}"})

    assert (refused.status_code, wrong.status_code, right.status_code) == (401, 401, 200)
    assert refused.json()["code"] == "invalid_api_key"
    assert refused.headers["www-authenticate"] == 'Bearer realm="Ibid"'


@pytest.mark.parametrize(
    "path",
    ["/v1/documents", "/v1/models", "/metrics", "/docs", "/openapi.json", "/view", "/", "/none"],
)
def test_no_route_is_left_open(client_of, keys, path):
    with client_of(keys=keys) as client:
        assert client.get(path).status_code == 401


def test_a_supervisor_needs_no_key(client_of, keys):
    with client_of(keys=keys) as client:
        assert [client.get(path).status_code for path in ("/healthz", "/readyz")] == [200, 200]


def test_a_person_can_open_a_page_with_the_key_as_password(client_of, keys, key, lamps):
    page = f"/view?document={lamps.id}"
    with client_of(keys=keys) as client:
        refused = client.get(page)
        opened = client.get(page, auth=("anyone", key))

    assert refused.headers["www-authenticate"] == 'Basic realm="Ibid"'
    assert opened.status_code == 200


def test_openais_client_raises_what_it_means(store, keys, key):
    app = create_app(Settings(refresh_seconds=3600, rate_per_minute=2), store=store, keys=keys)
    with serving(app) as live:
        base = f"{live.url}/v1"
        with (
            openai.OpenAI(base_url=base, api_key="wrong", max_retries=0) as stranger,
            pytest.raises(openai.AuthenticationError) as refused,
        ):
            stranger.models.list()
        with openai.OpenAI(base_url=base, api_key=key, max_retries=0) as reader:
            reader.models.list()
            reader.models.list()
            with pytest.raises(openai.RateLimitError) as limited:
                reader.models.list()

    assert refused.value.code == "invalid_api_key"
    assert limited.value.code == "rate_limit_exceeded"
    assert int(limited.value.response.headers["retry-after"]) > 0


def test_guessing_keys_is_limited(client_of, keys, key):
    with client_of(keys=keys) as client:
        guess = {"authorization": "Bearer ibid_guess"}
        guesses = [client.get("/v1/models", headers=guess) for _ in range(GUESSES_PER_MINUTE + 1)]
        right = client.get("/v1/models", headers={"authorization": f"Bearer {key}"})

    assert [g.status_code for g in guesses] == [401] * GUESSES_PER_MINUTE + [429]
    assert right.status_code == 429


def test_an_address_without_a_key_is_limited_too(client_of):
    with client_of(rate_per_minute=1) as client:
        replies = [client.post("/v1/ask", json=ASK) for _ in range(2)]
        alive = client.get("/healthz")

    assert [reply.status_code for reply in replies] == [200, 429]
    assert replies[1].headers["retry-after"] == "60"
    assert alive.status_code == 200


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8::ffff:1", "2001:db8::/64"),
        ("a socket", "a socket"),
    ],
)
def test_a_network_counts_as_one_client(address, counted):
    assert network(address) == counted


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example"])
def test_a_strange_name_does_not_reach_a_server_without_keys(client_of, host):
    with client_of() as client:
        reply = client.post("/v1/ask", json=ASK, headers={"host": host})

    assert (reply.status_code, reply.json()["code"]) == (421, "strange_host")


def test_a_strange_name_does_not_get_into_links(client_of, lamps):
    messages = [{"role": "user", "content": ASK["question"]}]
    with client_of(host="0.0.0.0") as client:
        reply = client.post(
            "/v1/chat/completions",
            json={"model": "ibid", "messages": messages},
            headers={"host": 'a"><b>'},
        )

    assert reply.json()["citations"][0].startswith(f"/view?document={lamps.id}")


def test_the_public_name_is_the_servers_own(client_of):
    with client_of(public_url="https://books.example/ibid") as client:
        reply = client.post("/v1/ask", json=ASK, headers={"host": "books.example"})

    assert reply.status_code == 200


def test_no_page_of_another_origin_may_read_a_reply(client_of):
    headers = {"origin": "https://chat.example"}
    with client_of() as closed, client_of(origins=("https://chat.example",)) as opened:
        shut = closed.post("/v1/ask", json=ASK, headers=headers)
        let_in = opened.post("/v1/ask", json=ASK, headers=headers)
        other = opened.post("/v1/ask", json=ASK, headers={"origin": "https://evil.example"})

    assert "access-control-allow-origin" not in shut.headers
    assert let_in.headers["access-control-allow-origin"] == "https://chat.example"
    assert "access-control-allow-origin" not in other.headers


@pytest.mark.parametrize("path", ["/v1/ask", "/none", "/v1/models", "/view", "/healthz"])
def test_every_reply_carries_an_id_and_is_harmless_to_a_browser(client, path):
    headers = client.get(path).headers

    assert len(headers["x-request-id"]) == 32
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"


def test_an_unexpected_error_carries_them_too_and_tells_nothing(client, assistant):
    assistant.fault = RuntimeError("/srv/secret.txt")

    reply = client.post("/v1/ask", json=ASK)

    assert (reply.status_code, reply.json()["code"]) == (500, "internal_error")
    assert "x-request-id" in reply.headers
    assert "secret" not in reply.text


@pytest.mark.parametrize(
    ("given", "kept"),
    [("abc-1.2", True), ("a b", False), ("x" * 65, False), ("a\x1b[31m", False)],
    ids=["kept", "space", "long", "control"],
)
def test_a_request_id_is_kept_if_it_can_do_no_harm(client, given, kept):
    reply = client.get("/healthz", headers={"x-request-id": given})

    assert (reply.headers["x-request-id"] == given) is kept


def test_a_body_that_is_too_large_is_refused_before_it_is_read(client_of):
    with client_of(body_bytes=100) as client:
        declared = client.post("/v1/ask", json={"question": "x" * 101})
        streamed = client.post("/v1/ask", content=iter([b"x" * 60] * 2))
        chat = client.post("/v1/chat/completions", json={"model": "x" * 101})

    assert (declared.status_code, declared.json()["code"]) == (413, "body_too_large")
    assert streamed.status_code == 413
    assert chat.json()["error"]["code"] == "body_too_large"


def test_a_body_that_dribbles_in_takes_no_worker_and_is_given_up(store):
    app = create_app(Settings(refresh_seconds=3600, body_seconds=0.05), store=store)
    with serving(app) as live:
        address = urlsplit(live.url)
        with socket.create_connection((address.hostname, address.port), timeout=60) as client:
            client.sendall(
                f"POST /v1/ask HTTP/1.1\r\nHost: {address.netloc}\r\n"
                "Content-Type: application/json\r\nContent-Length: 50\r\n\r\n{".encode()
            )
            reply = client.recv(1000)

    assert reply.startswith(b"HTTP/1.1 408 ")


def test_ten_megabytes_are_not_kept(store):
    app = create_app(Settings(refresh_seconds=3600), store=store)
    with serving(app) as live:
        address = urlsplit(live.url)
        with socket.create_connection((address.hostname, address.port), timeout=60) as client:
            client.sendall(
                f"POST /v1/ask HTTP/1.1\r\nHost: {address.netloc}\r\n"
                "Content-Type: application/json\r\nContent-Length: 10000000\r\n\r\n".encode()
            )
            reply = client.recv(1000)

    assert reply.startswith(b"HTTP/1.1 413 ")


def test_a_question_is_not_in_the_log(client, caplog):
    with caplog.at_level(logging.INFO):
        client.post("/v1/ask", json=ASK)

    (told,) = [r for r in caplog.records if r.name == "service.requests"]
    assert (told.path, told.status, told.method) == ("/v1/ask", 200, "POST")
    assert "barrels" not in json.dumps([str(vars(record)) for record in caplog.records])


def test_a_question_is_in_the_log_when_that_is_wanted(client, caplog, monkeypatch):
    monkeypatch.setattr(logging.getLogger("service.questions"), "disabled", False)
    with caplog.at_level(logging.INFO):
        client.post("/v1/ask", json=ASK)

    assert ASK["question"] in [getattr(record, "question", None) for record in caplog.records]


@pytest.mark.parametrize(
    "path",
    [
        "/v1/documents/..%2F..%2Fetc%2Fpasswd",
        "/v1/documents/%2Fetc%2Fpasswd/text",
        "/view?document=../../etc/passwd",
        "/v1/documents/lamps.txt%00/text",
    ],
)
def test_no_path_leads_out_of_the_library(client, path):
    reply = client.get(path)

    assert reply.status_code == 404
    assert "root:" not in reply.text


def test_a_stretch_never_reaches_another_document(client, wicks):
    reply = client.get(f"/v1/documents/{wicks.id}/text?start=0&end=99999999").json()

    assert reply == {"start": 0, "end": len(wicks.text), "text": wicks.text}


def test_the_description_is_a_page_that_loads_nothing(client):
    reply = client.get("/docs")

    assert reply.status_code == 200
    assert "POST /v1/chat/completions" in reply.text
    assert "<script" not in reply.text
    assert "default-src 'none'" in reply.headers["content-security-policy"]


def test_measurements_are_given_for_prometheus(client):
    client.post("/v1/ask", json=ASK)
    client.get("/none")
    client.request("BREW", "/v1/ask")

    text = client.get("/metrics").text
    assert 'ibid_answers_total{status="answered"} 1.0' in text
    assert 'ibid_request_seconds_count{method="POST",route="/v1/ask",status="200"} 1.0' in text
    assert 'ibid_request_seconds_count{method="GET",route="none",status="404"} 1.0' in text
    assert "BREW" not in text
    assert 'ibid_stage_seconds_count{stage="total"} 1.0' in text
    assert 'ibid_index_open{generation="g1"} 1.0' in text
    assert "ibid_work_in_hand 0.0" in text


def test_a_full_queue_says_when_to_come_back(client_of):
    with client_of(workers=1, waiting=0) as client:
        client.app.state.desk._taken = 1
        reply = client.post("/v1/ask", json=ASK)
        client.app.state.desk._taken = 0

    assert (reply.status_code, reply.json()["code"]) == (503, "too_busy")
    assert int(reply.headers["retry-after"]) > 0
