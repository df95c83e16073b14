"""The server as a process of its own, asked over a socket on loopback."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import httpx2
import openai
import pytest

from index.build import build
from service.cli import main
from service.errors import AddressUnavailable
from service.server import address, listen

PATIENCE_SECONDS = 60
CLIENTS = 4
EXCHANGES = 20
STREAMS = 8
IBID = ("-m", "service")
THINKING_LONG = """
import sys, time
from rag.assistant import Assistant
from service.cli import main
ask = Assistant.ask
def slow(*arguments, **options):
    time.sleep(0.5)
    return ask(*arguments, **options)
Assistant.ask = slow
sys.exit(main())
"""
"""The same program, each of whose answers takes its time."""
QUESTION = "How many sacks did the miller count?"


@pytest.fixture
def serve(index, tmp_path):
    """Start servers on the index; each is ended by its own id."""
    started = []

    def start(*arguments: str, program: Sequence[str] = IBID) -> subprocess.Popen[str]:
        command = [sys.executable, *program, "serve", "--store", str(index), *arguments]
        environ = {**os.environ, "IBID_REFRESH_SECONDS": "0.05"}
        # A developer's own keys are no part of a test.
        environ |= {"IBID_KEYS": str(tmp_path / "keys"), "IBID_RATE_PER_MINUTE": "0"}
        server = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environ
        )
        started.append(server)
        return server

    yield start
    for server in started:
        server.kill()
        server.communicate()


def base_of(server) -> str:
    """Read where a server listens from what it says when it starts."""
    return re.search(r"http://\S+", server.stderr.readline()).group()


def fetch(url: str, body: object = None) -> tuple[int, object]:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"content-type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as reply:
            return reply.status, json.load(reply)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def wait_for(condition) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def test_a_served_index_answers_moves_on_and_stops(serve, index, tmp_path):
    server = serve("--port", "0")
    base = base_of(server)

    status, answer = fetch(f"{base}/v1/ask", {"question": QUESTION})
    assert status == 200
    assert answer["index"]["documents"] == 3
    assert answer["citations"][0]["document"]["file"] == "bread.txt"

    (tmp_path / "ferry.txt").write_text("The ferry ran at six.\n", encoding="utf-8")
    build(index, [tmp_path / "ferry.txt"])
    wait_for(lambda: len(fetch(f"{base}/v1/documents")[1]["documents"]) == 4)

    server.send_signal(signal.SIGINT)
    out, err = server.communicate(timeout=PATIENCE_SECONDS)
    assert (server.returncode, out) == (130, "")
    assert "Traceback" not in err


def test_no_request_fails_while_generations_come_and_go(serve, index, tmp_path):
    base = base_of(serve("--port", "0"))
    body = {"question": QUESTION}
    done = threading.Event()

    def ask_on() -> list[tuple[int, str]]:
        replies = []
        while not done.is_set():
            status, answer = fetch(f"{base}/v1/ask", body)
            replies.append((status, answer.get("index", {}).get("generation")))
        return replies

    with ThreadPoolExecutor(CLIENTS) as threads:
        asking = [threads.submit(ask_on) for _ in range(CLIENTS)]
        try:
            for number in range(EXCHANGES):
                (tmp_path / "ferry.txt").write_text(f"The ferry ran at {number}.\n", "utf-8")
                built = build(index, [tmp_path / "ferry.txt"]).generation
                wait_for(lambda: fetch(f"{base}/readyz")[1]["generation"] == built)  # noqa: B023
        finally:
            done.set()
        replies = [reply for one in asking for reply in one.result()]

    assert {status for status, _ in replies} == {200}
    assert len({generation for _, generation in replies}) > EXCHANGES / 2


@pytest.mark.parametrize(
    ("path", "body", "end"),
    [
        ("/v1/ask", {"question": QUESTION}, 'event: done\ndata: {"status":"answered"}\n\n'),
        (
            "/v1/chat/completions",
            {"model": "ibid", "messages": [{"role": "user", "content": QUESTION}]},
            "data: [DONE]\n\n",
        ),
    ],
    ids=["ask", "chat"],
)
def test_a_termination_signal_lets_every_stream_come_to_its_end(
    serve, monkeypatch, path, body, end
):
    monkeypatch.setenv("IBID_WORKERS", "1")
    server = serve("--port", "0", program=["-c", THINKING_LONG])
    base = base_of(server)

    def read(_: int) -> str:
        reply = httpx2.post(base + path, json={**body, "stream": True}, timeout=PATIENCE_SECONDS)
        return reply.text

    with ThreadPoolExecutor(STREAMS) as threads:
        reading = threads.map(read, range(STREAMS))
        # What the server has not yet heard of, it may refuse when it stops.
        wait_for(lambda: sum(work_of(base)) >= STREAMS)
        in_hand, _ = work_of(base)
        server.send_signal(signal.SIGTERM)
        texts = list(reading)

    assert in_hand, "every stream was over before the signal came"
    assert [text for text in texts if not text.endswith(end)] == []
    _, err = server.communicate(timeout=PATIENCE_SECONDS)
    assert "Traceback" not in err


def work_of(base: str) -> tuple[int, int]:
    """Give how many questions are in hand, and how many have been answered."""
    text = httpx2.get(f"{base}/metrics", timeout=PATIENCE_SECONDS).text
    found = {
        name: sum(float(value) for value in re.findall(rf"^{name}(?:{{.*}})? (\S+)$", text, re.M))
        for name in ("ibid_work_in_hand", "ibid_answers_total")
    }
    return int(found["ibid_work_in_hand"]), int(found["ibid_answers_total"])


def test_a_damaged_index_is_refused_until_it_is_repaired(serve, index):
    current = index / "CURRENT"
    name = current.read_text()
    current.unlink()
    server = serve("--port", "0")
    base = base_of(server)

    assert fetch(f"{base}/readyz")[0] == 503
    assert fetch(f"{base}/healthz")[0] == 200

    current.write_text(name)
    wait_for(lambda: fetch(f"{base}/readyz")[0] == 200)


def test_a_port_in_use_is_one_clear_line(serve):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        server = serve("--port", str(port))
        out, err = server.communicate(timeout=PATIENCE_SECONDS)

    assert (server.returncode, out) == (1, "")
    assert err == (
        f"error: 127.0.0.1 port {port}: found it in use, expected a free port; "
        "stop the program that holds it, or use --port\n"
    )


def test_an_address_of_another_machine_is_refused():
    # TEST-NET-1 (RFC 5737) belongs to no machine.
    with pytest.raises(AddressUnavailable, match="no address of this machine"):
        listen("192.0.2.1", 0)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_the_address_that_is_shown_can_be_opened(host):
    with listen(host, 0) as listener:
        shown = address(listener)
        name, port = re.fullmatch(r"http://\[?([^\]]+)\]?:(\d+)", shown).groups()

        with socket.create_connection((name, int(port)), timeout=PATIENCE_SECONDS):
            pass


def test_a_server_that_others_can_reach_does_not_start_without_keys(serve):
    server = serve("--host", "0.0.0.0", "--port", "0")
    out, err = server.communicate(timeout=PATIENCE_SECONDS)

    assert (server.returncode, out) == (2, "")
    assert "found no API key in" in err
    assert "'ibid key NAME', or say --without-keys" in err


def test_a_key_that_the_command_made_opens_the_server(serve, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("IBID_KEYS", str(tmp_path / "keys"))
    assert main(["key", "reading-room"]) == 0
    key = capsys.readouterr().out.strip()
    server = serve("--host", "0.0.0.0", "--port", "0")
    base = base_of(server).replace("0.0.0.0", "127.0.0.1")

    assert fetch(f"{base}/v1/documents")[0] == 401
    with openai.OpenAI(base_url=f"{base}/v1", api_key=key, max_retries=0) as client:
        assert [model.id for model in client.models.list()] == ["ibid", "ibid-plain"]


def test_told_so_by_name_it_does(serve):
    base = base_of(serve("--host", "0.0.0.0", "--port", "0", "--without-keys"))

    assert fetch(base.replace("0.0.0.0", "127.0.0.1") + "/healthz")[0] == 200


def test_a_termination_signal_ends_the_server_in_order(serve):
    server = serve("--port", "0")
    base = base_of(server)
    assert fetch(f"{base}/healthz")[0] == 200

    server.send_signal(signal.SIGTERM)
    _, err = server.communicate(timeout=PATIENCE_SECONDS)

    assert server.returncode in (0, -signal.SIGTERM, 128 + signal.SIGTERM)
    assert "Traceback" not in err
