"""The page to begin with, asked as a browser's form does."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urljoin

import pytest

QUESTION = "How many barrels of oil burned in winter?"


def test_the_page_lists_what_there_is_to_read(client, lamps):
    reply = client.get("/")

    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert "2 documents" in reply.text
    assert f'<a href="view?document={lamps.id}">Lamps and Oil: How a Town Was Lit</a>' in reply.text
    assert "E. Instance · 1931" in reply.text


def test_an_answer_leads_to_the_place_that_it_quotes(client):
    page = client.get("/", params={"question": QUESTION}).text

    assert "the town burned 412 barrels of oil<sup>17</sup>, and the council" in page
    assert "<sup>17</sup> Council minutes, 4 March 1894." in page
    link = unescape(re.search(r'<a href="(view\?[^"]+#quotation)">E. Instance', page)[1])
    assert '<mark id="quotation">In the winter of 1893' in client.get(f"/{link}").text


def test_links_hold_under_the_path_of_a_proxy(client):
    page = client.get("/", params={"question": QUESTION}).text

    links = [unescape(link) for link in re.findall(r'href="([^"]+)"', page)]
    assert links
    assert all(urljoin("https://books.example/ibid/", link).find("/ibid/") > 0 for link in links)


def test_where_there_is_no_answer_the_page_says_so(client):
    page = client.get("/", params={"question": "Which moons circle the largest town?"}).text

    assert '<p class="said">The library does not answer this question.</p>' in page
    assert "What stands nearest, and is no answer" in page
    assert "Confidence" not in page


@pytest.mark.parametrize("question", ["", "   "])
def test_an_empty_field_asks_nothing(client, question):
    reply = client.get("/", params={"question": question})

    assert reply.status_code == 200
    assert 'aria-label="Answer"' not in reply.text


def test_a_question_that_is_too_long_is_refused_on_a_page(client):
    reply = client.get("/", params={"question": "x" * 2001})

    assert reply.status_code == 422
    assert "<h1>Unprocessable" in reply.text
    assert '<a href="./">To the library</a>' in reply.text


def test_neither_question_nor_book_can_become_part_of_the_page(client):
    page = client.get("/", params={"question": 'clerk wrote gas "><script>alert(1)</script>'}).text

    assert "<script" not in page
    assert 'value="clerk wrote gas &#34;&gt;&lt;script&gt;' in page


def test_without_an_index_the_page_says_so(client):
    client.app.state.library.close()
    reply = client.get("/")

    assert (reply.status_code, reply.headers["retry-after"]) == (503, "5")
    assert "No index is open just now." in reply.text
