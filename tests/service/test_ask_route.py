from __future__ import annotations

from http import HTTPStatus

import pytest

from corpus.document import Document

OIL = {"question": "How many barrels of oil burned in winter?"}


def quotation(document: Document) -> tuple[int, int]:
    start = document.text.index("In the winter")
    return start, document.text.index(" The bill")


def test_an_answer_has_every_field_of_the_contract(client, lamps):
    start, end = quotation(lamps)
    quote = (
        "In the winter of 1893 the town burned 412 barrels of oil[^17], "
        "and the council paid for none of them.[^18]"
    )

    reply = client.post("/v1/ask", json=OIL)

    assert reply.status_code == 200
    assert reply.headers["content-type"] == "application/json"
    assert reply.json() == {
        "status": "answered",
        "answer": f"“{quote}” [1]",
        "confidence": 0.75,
        "citations": [
            {
                "number": 1,
                "quote": quote,
                "document": {
                    "id": lamps.id,
                    "file": "lamps.txt",
                    "sha256": lamps.sha256,
                    "title": "Lamps and Oil: How a Town Was Lit",
                    "author": "E. Instance",
                    "year": 1931,
                },
                "section": ["The Oil Years"],
                "page": "12",
                "start": start,
                "end": end,
                "source_spans": [list(span) for span in lamps.source_spans(start, end)],
                "footnotes": [
                    {
                        "marker": "17",
                        "text": "Council minutes, 4 March 1894.",
                        "resolved": None,
                        "source_spans": [list(s) for s in note_spans(lamps, 0)],
                    },
                    {
                        "marker": "18",
                        "text": "Ibid., p. 4; the payer's name is left blank.",
                        "resolved": None,
                        "source_spans": [list(s) for s in note_spans(lamps, 1)],
                    },
                ],
                "kind": "body",
                "score": 0.75,
                "reference": "",
                "url": f"/view?document={lamps.id}&start={start}&end={end}",
            }
        ],
        "conflicts": [],
        "nearest": [],
        "query": OIL["question"],
        "index": {"generation": "g1", "documents": 2, "passages": 3},
        "generator": "extractive",
        "timings_ms": {"retrieve": 0.12, "total": 0.25},
    }


def note_spans(document: Document, number: int):
    note = document.notes[number]
    return document.source_spans(note.start, note.end)


def test_an_abstention_offers_what_stands_nearest_and_cites_nothing(client):
    reply = client.post("/v1/ask", json={"question": "What about barrels, steam engines, ships?"})

    body = reply.json()
    assert reply.status_code == 200
    assert body["status"] == "not_in_corpus"
    assert body["citations"] == []
    assert [near["document"]["file"] for near in body["nearest"]] == ["lamps.txt"]


def test_the_link_of_a_citation_leads_to_a_page_that_highlights_it(client):
    url = client.post("/v1/ask", json=OIL).json()["citations"][0]["url"]

    page = client.get(url)

    assert page.status_code == 200
    assert "In the winter of 1893 the town burned 412 barrels of oil<sup" in page.text


def test_history_and_filters_reach_the_assistant(client):
    request = {
        "question": "And who sold the ends?",
        "history": [
            {"role": "user", "content": "Who bought wicks by hundredweight?"},
            {"role": "assistant", "content": "The council."},
        ],
        "filters": {"author": ["F. Token"], "document": ["wicks.txt"], "year_from": 1970},
        "limit": 1,
    }

    body = client.post("/v1/ask", json=request).json()

    assert body["query"] == "Who bought wicks by hundredweight? And who sold the ends?"
    assert [c["document"]["file"] for c in body["citations"]] == ["wicks.txt"]


def test_a_search_gives_passages_with_places_and_notes(client, lamps):
    body = client.post("/v1/search", json={"query": "barrels winter"}).json()

    (passage,) = body["passages"]
    assert passage["rank"] == 1
    assert passage["text"] == lamps.text[passage["start"] : passage["end"]]
    assert [note["marker"] for note in passage["footnotes"]] == ["17", "18"]
    assert passage["url"].startswith(f"/view?document={lamps.id}&start=")
    assert body["query"] == "barrels winter"


PROBLEM = "application/problem+json"


@pytest.mark.parametrize(
    ("request_body", "code", "detail"),
    [
        pytest.param({}, "invalid_request", "/question: Field required", id="no question"),
        pytest.param(
            {"question": "x", "filter": {}},
            "invalid_request",
            "/filter: Extra inputs are not permitted",
            id="a mistyped name",
        ),
        pytest.param(
            {"question": "x", "filters": {"year_from": "then"}},
            "invalid_request",
            "/filters/year_from: Input should be a valid integer",
            id="no year",
        ),
        pytest.param(
            {"question": "x", "history": [{"role": "system", "content": ""}]},
            "invalid_request",
            "/history/0/role: Input should be 'user' or 'assistant'",
            id="an unknown role",
        ),
        pytest.param({"question": "x", "limit": 0}, "invalid_request", "/limit:", id="no limit"),
        pytest.param(
            {"question": " "}, "empty_question", "found an empty question", id="an empty question"
        ),
        pytest.param(
            {"question": "x" * 3000},
            "question_too_long",
            "found a question of 3,000 characters, expected at most 2,000; shorten it",
            id="3,000 characters",
        ),
    ],
)
def test_a_bad_body_is_a_problem_with_a_stable_code(client, request_body, code, detail):
    reply = client.post("/v1/ask", json=request_body)

    body = reply.json()
    assert (reply.status_code, body["code"]) == (422, code)
    assert reply.headers["content-type"] == PROBLEM
    assert body["detail"].startswith(detail)
    assert body["title"] == HTTPStatus(422).phrase


def test_a_problem_names_each_fault_by_a_pointer_into_the_body(client):
    reply = client.post("/v1/search", json={"query": 1, "filters": {"a/b": 1}})

    assert [fault["pointer"] for fault in reply.json()["errors"]] == ["/query", "/filters/a~1b"]


def test_a_body_that_is_no_json_is_a_problem(client):
    reply = client.post("/v1/ask", content=b"{", headers={"content-type": "application/json"})

    assert reply.status_code == 422
    assert reply.headers["content-type"] == PROBLEM


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        pytest.param("GET", "/v1/nowhere", 404, "not_found", id="no such path"),
        pytest.param("GET", "/v1/ask", 405, "method_not_allowed", id="wrong method"),
        pytest.param("GET", "/v1/documents/none", 404, "unknown_document", id="no such document"),
    ],
)
def test_what_is_not_there_is_a_problem(client, method, path, status, code):
    reply = client.request(method, path)

    assert (reply.status_code, reply.json()["code"]) == (status, code)
    assert reply.headers["content-type"] == PROBLEM


def test_an_unexpected_fault_says_nothing_of_its_cause(client, assistant):
    assistant.fault = RuntimeError("/secret/path")

    reply = client.post("/v1/ask", json=OIL)

    assert (reply.status_code, reply.json()["code"]) == (500, "internal_error")
    assert "secret" not in reply.text
