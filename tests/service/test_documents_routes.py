from __future__ import annotations

import pytest


def test_the_list_of_documents_has_the_counts_of_the_reading_report(client, lamps):
    first, second = client.get("/v1/documents").json()["documents"]

    assert second["file"] == "wicks.txt"
    assert {name: first[name] for name in ("id", "file", "sha256", "title", "author", "year")} == {
        "id": lamps.id,
        "file": "lamps.txt",
        "sha256": lamps.sha256,
        "title": "Lamps and Oil: How a Town Was Lit",
        "author": "E. Instance",
        "year": 1931,
    }
    counted = ("length", "notes", "notes_unmatched", "marks", "marks_joined", "marks_unmatched")
    assert [first[name] for name in counted] == [lamps.body_end, 3, 1, 3, 2, 1]


@pytest.mark.parametrize("reference", ["id", "file"])
def test_a_document_is_found_by_id_and_by_file_name(client, lamps, reference):
    body = client.get(f"/v1/documents/{getattr(lamps, reference)}").json()

    assert body["title"] == lamps.title
    assert body["sections"] == [
        {"path": list(s.path), "start": s.start, "end": s.end, "kind": "body"}
        for s in lamps.sections
    ]


@pytest.mark.parametrize(
    ("query", "start", "end"),
    [
        pytest.param("", 0, None, id="the whole text"),
        pytest.param("?start=4&end=11", 4, 11, id="a stretch"),
        pytest.param("?start=4", 4, None, id="to the end"),
        pytest.param("?start=4&end=4", 4, 4, id="nothing"),
        pytest.param("?end=1000000", 0, None, id="beyond the end"),
        pytest.param("?start=1000000", None, None, id="behind the end"),
    ],
)
def test_a_stretch_of_text_is_the_slice_that_it_names(client, lamps, query, start, end):
    length = len(lamps.text)
    start, end = (length if place is None else place for place in (start, end))

    body = client.get(f"/v1/documents/{lamps.id}/text{query}").json()

    assert body == {"start": start, "end": end, "text": lamps.text[start:end]}


def test_a_stretch_that_ends_before_it_begins_is_refused(client, lamps):
    reply = client.get(f"/v1/documents/{lamps.id}/text?start=9&end=4")

    assert (reply.status_code, reply.json()["code"]) == (422, "bad_span")


def test_each_note_comes_with_its_mark(client, lamps):
    notes = client.get(f"/v1/documents/{lamps.id}/notes").json()["notes"]

    first, _, last = notes
    mark = lamps.marks[0]
    assert first["text"] == "Council minutes, 4 March 1894."
    assert first["section"] == ["The Oil Years"]
    assert first["mark"] == {
        "start": mark.offset,
        "end": mark.offset,
        "source_span": list(mark.source_span),
        "status": "clean",
    }
    assert (last["mark"], last["reason"]) == (None, "no mark in the body has this number")


def test_a_document_without_notes_has_an_empty_list(client):
    assert client.get("/v1/documents/wicks.txt/notes").json() == {"notes": []}


@pytest.mark.parametrize(
    "reference",
    ["../../etc/passwd", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "..%00", "lamps.txt' OR '1'='1"],
)
def test_only_documents_of_the_library_can_be_asked_for(client, reference):
    reply = client.get(f"/v1/documents/{reference}")

    assert reply.status_code == 404
    assert "passwd" not in reply.text
