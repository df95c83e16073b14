from __future__ import annotations

import sys

import pytest
from fastapi.testclient import TestClient
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from service.app import create_app
from service.cli import main
from service.settings import Settings
from tests.service.conftest import LOCAL

QUESTION = "How many sacks did the miller count?"
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def spans():
    return InMemorySpanExporter()


@pytest.fixture
def client(tiny_index, spans):
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    app = create_app(Settings(store=tiny_index, refresh_seconds=3600), traces=provider)
    with TestClient(app, base_url=LOCAL, raise_server_exceptions=False) as client:
        yield client


@pytest.mark.parametrize("stream", [False, True])
def test_a_question_is_a_span_with_one_for_each_stage(client, spans, stream):
    reply = client.post("/v1/ask", json={"question": QUESTION, "stream": stream})

    *stages, request = spans.get_finished_spans()
    assert (request.name, request.kind) == ("POST /v1/ask", SpanKind.SERVER)
    assert request.attributes == {
        "http.request.method": "POST",
        "http.route": "/v1/ask",
        "http.response.status_code": 200,
        "ibid.request_id": reply.headers["X-Request-ID"],
        "ibid.status": "answered",
    }
    assert [stage.name for stage in stages] == ["understand", "rank", "answer"]
    assert {stage.parent.span_id for stage in stages} == {request.context.span_id}


def test_stages_lie_within_their_request_one_after_the_other(client, spans):
    client.post("/v1/search", json={"query": QUESTION})

    *stages, request = spans.get_finished_spans()
    times = [request.start_time, *(t for s in stages for t in (s.start_time, s.end_time))]
    assert len(stages) == 2
    assert [*times, request.end_time] == sorted([*times, request.end_time])


def test_a_trace_that_the_client_began_goes_on(client, spans):
    client.get("/v1/documents", headers={"traceparent": PARENT})

    (request,) = spans.get_finished_spans()
    assert f"{request.context.trace_id:032x}" in PARENT
    assert f"{request.parent.span_id:016x}" in PARENT


def test_a_fault_of_the_server_is_marked_and_a_clients_is_not(client, spans, monkeypatch):
    client.get("/v1/documents/nowhere")
    monkeypatch.setattr("service.routes.search.search_body", lambda _: 1 / 0)
    client.post("/v1/search", json={"query": QUESTION})

    marked = {s.name: s.status.status_code for s in spans.get_finished_spans() if s.parent is None}
    assert marked["GET /v1/documents/{document}"] is StatusCode.UNSET
    assert marked["POST /v1/search"] is StatusCode.ERROR


def test_no_span_holds_what_was_asked(client, spans, monkeypatch):
    client.post("/v1/ask", json={"question": QUESTION})
    monkeypatch.setattr("service.routes.search.search_body", lambda found: {}[found.query])
    client.post("/v1/search", json={"query": QUESTION})

    assert "miller" not in "".join(span.to_json() for span in spans.get_finished_spans())


def test_without_the_packages_the_setting_says_what_to_install(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("IBID_TRACES", "http://127.0.0.1:4318/v1/traces")
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)

    assert main(["serve", "--port", "0", "--store", str(tmp_path)]) == 2
    assert "pip install 'ibid[traces]'" in capsys.readouterr().err
