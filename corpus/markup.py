"""Turns HTML into Markdown that has the notes of the page as notes.

What only decorates is left out here, since clean text has no use for it: a sign within a word
could not be told from the word later.
"""

from __future__ import annotations

import re

from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag
from markdownify import ATX, MarkdownConverter

from corpus.decoding import Decoded
from corpus.front_matter import front_matter
from corpus.linked_notes import link_notes

_NOT_TEXT = ("script", "style", "head", "template", "noscript", "svg", "math")
_DECORATION = (
    "a abbr b bdi bdo big blockquote cite code del dfn em font i ins kbd mark q s samp small span "
    "strong strike tt u var wbr"
).split()
_DECLARATION = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<\?xml(?:[^>]*?encoding=[\"'](?P<encoding>[\w.:-]+)[\"'])?[^>]*>"
)
_SPACE = re.compile(r"\s+")


def html_to_markdown(html: bytes | str) -> Decoded:
    """Convert a page.

    Returns:
        The Markdown, and the encoding that the page names or that was found to fit.
    """
    soup = soup_of(html)
    # A page says in its head what it is called, and who wrote it.
    front = front_matter(_title(soup), _authors(soup))
    text = body_to_markdown(soup.body or soup)
    return Decoded("\n\n".join(filter(None, (front, text))), soup.original_encoding or "utf-8")


def soup_of(page: bytes | str) -> BeautifulSoup:
    """Parse a page of HTML or XHTML; the parser is the one that takes every page there is."""
    if isinstance(page, str):
        return BeautifulSoup(page, "html.parser")
    declared = _DECLARATION.match(page)
    named = declared and declared["encoding"]
    # With its declaration a page of XHTML would be warned of as no HTML.
    return BeautifulSoup(
        page[declared.end() :] if declared else page,
        "html.parser",
        from_encoding=named.decode("ascii") if named else None,
    )


def body_to_markdown(body: Tag) -> str:
    """Convert what a page shows; its tags are changed in place."""
    for tag in body(_NOT_TEXT):
        tag.decompose()
    linked = link_notes(body)
    for tag in body(_DECORATION):
        tag.unwrap()
    for text in body.find_all(string=True):
        if type(text) is NavigableString:
            text.replace_with(_SPACE.sub(" ", text))
    body.smooth()
    # Where notes are linked, a raised figure is an exponent or an ordinal, never a mark.
    raised = "" if linked else "<sup>"
    converter = MarkdownConverter(
        heading_style=ATX,
        bullets="-",
        escape_asterisks=False,
        escape_underscores=False,
        sup_symbol=raised,
        strip=["img"],
    )
    return str(converter.convert_soup(body)).strip()


def _title(soup: BeautifulSoup) -> str:
    return _SPACE.sub(" ", soup.title.get_text()).strip() if soup.title else ""


def _authors(soup: BeautifulSoup) -> str:
    named = soup.find_all("meta", attrs={"name": re.compile("^author$", re.IGNORECASE)})
    return ", ".join(str(meta.get("content", "")).strip() for meta in named)
