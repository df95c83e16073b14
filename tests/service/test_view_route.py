from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest

from service.web.pages import HEADERS


def view(client, document: str, **places: int):
    return client.get("/view?" + urlencode({"document": document, **places}))


def place(document, words: str) -> dict[str, int]:
    start = document.text.index(words)
    return {"start": start, "end": start + len(words)}


def test_the_quotation_is_highlighted_and_its_marks_lead_to_the_notes(client, lamps):
    page = view(client, lamps.id, **place(lamps, "412 barrels of oil, and the council")).text

    assert (
        '<mark id="quotation">412 barrels of oil'
        '<sup class="mark"><a id="mark-0" href="#note-0">17</a></sup>'
        ", and the council</mark> paid for none of them."
    ) in page
    assert '<li id="note-0" class="cited">' in page
    assert '<li id="note-1">' in page


def test_the_page_tells_book_section_and_page(client, lamps):
    page = view(client, lamps.id, **place(lamps, "The mill asked")).text

    assert '<p class="author">E. Instance · 1931</p>' in page
    assert "<h1>Lamps and Oil: How a Town Was Lit</h1>" in page
    assert '<p class="place">Who Paid<span class="page">p. 12</span></p>' in page


def test_a_quoted_note_is_highlighted_beside_the_place_it_hangs_on(client, lamps):
    page = view(client, lamps.id, **place(lamps, "Council minutes, 4 March 1894.")).text

    assert '<p><mark id="quotation">Council minutes, 4 March 1894.</mark></p>' in page
    assert 'barrels of oil<mark><sup class="mark"><a id="mark-0"' in page
    assert '<p class="place">The Oil Years' in page


def test_the_notes_of_the_quotation_come_first(client, lamps):
    page = view(client, lamps.id, **place(lamps, "and the council paid for none of them.")).text

    assert re.findall(r'<li id="(note-\d+)"( class="cited")?>', page) == [
        ("note-1", ' class="cited"'),
        ("note-0", ""),
    ]


def test_a_note_without_a_mark_is_shown_all_the_same(client, lamps):
    page = view(client, lamps.id, **place(lamps, "A note that nothing")).text

    assert '<mark id="quotation">A note that nothing</mark> points to.' in page


def test_a_mark_without_a_note_says_so(client, lamps):
    page = view(client, lamps.id).text

    assert '<span title="no note was found for this mark">99</span>' in page


def test_text_of_a_book_cannot_become_part_of_the_page(client, lamps):
    page = view(client, lamps.id).text

    assert "&lt;script&gt;alert(&#39;gas&#39;)&lt;/script&gt;" in page
    assert re.findall(r"<\s*script", page) == []


def test_the_page_may_load_and_run_nothing(client, lamps):
    reply = view(client, lamps.id)

    policy = reply.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert re.findall(r"(?:src|href)=\"(?!#|\?|\./\")[^\"]*\"", reply.text) == []


def test_without_a_place_the_page_opens_at_the_beginning(client, lamps):
    page = view(client, lamps.id).text

    assert "<mark" not in page
    assert "#quotation" not in page.partition("</style>")[2]
    assert page.count("<span>Beginning</span>") == 2


@pytest.mark.parametrize(
    ("query", "status", "says"),
    [
        pytest.param({"document": "none"}, 404, "The library holds no such document.", id="none"),
        pytest.param(
            {"document": "lamps.txt", "start": 9, "end": 4}, 422, "swap them", id="bad span"
        ),
        pytest.param({}, 422, "document: Field required", id="no document"),
    ],
)
def test_an_error_is_a_page_too(client, query, status, says):
    reply = client.get("/view", params=query)

    assert reply.status_code == status
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert reply.headers["content-security-policy"] == HEADERS["Content-Security-Policy"]
    assert says in reply.text


def test_an_error_page_escapes_what_the_request_said(client):
    reply = client.get("/view", params={"document": "lamps.txt", "start": "<b>"})

    assert "<b>" not in reply.text
