from __future__ import annotations

import json
import logging

import pytest

from service.logs import JsonLines, TextLines, request_id


def record(message: str = "request", **facts) -> logging.LogRecord:
    made = logging.makeLogRecord({"msg": message, "levelname": "INFO", "name": "service"})
    vars(made).update(facts)
    return made


@pytest.fixture(autouse=True)
def in_request():
    token = request_id.set("r1")
    yield
    request_id.reset(token)


def test_a_json_line_holds_the_facts_and_the_request():
    line = json.loads(JsonLines().format(record(status=200, path="/v1/ask")))

    assert line["time"].endswith("+00:00")
    del line["time"]
    assert line == {
        "level": "info",
        "logger": "service",
        "message": "request",
        "request": "r1",
        "status": 200,
        "path": "/v1/ask",
    }


@pytest.mark.parametrize("form", [JsonLines(), TextLines()], ids=["json", "text"])
def test_what_a_client_sends_cannot_begin_a_line(form):
    line = form.format(record("asked\nERROR", path="/a\r\n2026 ERROR forged\x1b[31m"))

    assert "\n" not in line
    assert "\r" not in line
    assert "\x1b" not in line


def test_a_text_line_ends_with_the_facts():
    line = TextLines().format(record(status=200))

    assert line.endswith("INFO service: request [request=r1 status=200]")
