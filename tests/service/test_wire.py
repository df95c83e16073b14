"""What leaves the server, over a real index: quotations that stand in the files, word for word."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

from service.app import create_app
from service.settings import Settings
from tests.index.conftest import TEXTS
from tests.service.conftest import LOCAL

QUESTIONS = [
    "How many sacks did the miller count?",
    "What did the commission weigh?",
    "Where did the engines come from until 1926?",
    "How often did the clerks copy every letter?",
]


@pytest.fixture(scope="module")
def wire(tiny_index):
    with TestClient(
        create_app(Settings(store=tiny_index, refresh_seconds=3600)), base_url=LOCAL
    ) as client:
        yield client


def folded(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def cut(file: str, spans: list[list[int]]) -> str:
    return "".join(TEXTS[file][start:end] for start, end in spans)


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_quotation_and_note_stands_in_the_file(wire, question):
    reply = wire.post("/v1/ask", json={"question": question}).json()

    quoted = reply["citations"] or reply["nearest"]
    assert quoted
    for citation in quoted:
        file = citation["document"]["file"]
        quote = re.sub(r"\[\^[^\]]*\]", "", citation["quote"])
        assert folded(cut(file, citation["source_spans"])) == folded(quote)
        for note in citation["footnotes"]:
            assert folded(cut(file, note["source_spans"])) == folded(note["text"])


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_quotation_is_a_slice_of_the_text_route(wire, question):
    reply = wire.post("/v1/ask", json={"question": question}).json()

    for citation in reply["citations"] or reply["nearest"]:
        place = {name: citation[name] for name in ("start", "end")}
        path = f"/v1/documents/{citation['document']['id']}/text"
        text = wire.get(path, params=place).json()["text"]
        assert text == re.sub(r"\[\^[^\]]*\]", "", citation["quote"])


@pytest.mark.parametrize("question", QUESTIONS)
def test_numbers_in_the_answer_are_those_of_the_citations_in_order(wire, question):
    reply = wire.post("/v1/ask", json={"question": question}).json()

    numbers = [int(number) for number in re.findall(r"\[(\d+)\]", reply["answer"])]
    assert list(dict.fromkeys(numbers)) == [c["number"] for c in reply["citations"]]


def test_a_filter_for_an_unknown_author_is_refused(wire):
    body = {"question": QUESTIONS[0], "filters": {"author": ["Nobody"]}}

    reply = wire.post("/v1/ask", json=body)

    assert (reply.status_code, reply.json()["code"]) == (422, "unknown_filter")
