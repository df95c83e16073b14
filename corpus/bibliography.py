"""Reads a bibliography: every work with its author, also where the author is named only once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from corpus.citations import Work

_GIVEN = r"(?:[A-Z][\w'’-]+\s)?(?:[A-Z][a-z]{0,2}\.[\s-]?)+|[A-Z][\w'’-]+(?=[.,])"
_PERSON = rf"[A-Z][\w'’-]+(?:\s[A-Z][\w'’-]+)?,\s+(?:{_GIVEN})(?:\svon\.?)?"
_AUTHOR = re.compile(
    rf"(?P<author>{_PERSON}(?:\s*(?:and|&|,)\s+{_PERSON})?)[.,]?(?:\s*,?\s*eds?\.)?\s+(?=[A-Z'\"‘“\d])"
)
_YEAR = r"(?:1[4-9]\d\d|20\d\d)"
_NEXT_ENTRY = re.compile(
    r"(?:(?<=[12]\d\d\d\.)|(?<=\d\d\d\d[-–]\d\.)|(?<=n\.d\.))\s+(?=[A-Z'\"‘“])"
)
_TITLE_END = re.compile(
    r"(?<!\bvol)(?<!\bvols)(?<!\bSt)(?<!\bed)(?<!\b[A-Z])[.?!]['\"’”]*\s+(?=[A-Z(])"
    r"|,\s+(?=trans\.|ed\.|eds\.)"
)
_IMPRINT = re.compile(
    rf"(?P<place>[A-Z][\w .&-]*?)[,.:]\s.*?(?P<year>{_YEAR}(?:[-–]\d+)?|n\.d\.)\W*$"
)


def read_bibliography(blocks: Iterable[str | None]) -> list[Work]:
    """Give the works of a bibliography.

    Args:
        blocks: Its paragraphs in order, with None where a heading stands: an author holds for the
            titles below until another is named or a heading comes.
    """
    works: list[Work] = []
    author = ""
    for block in blocks:
        if block is None or not re.search(rf"{_YEAR}|n\.d\.", block):
            author = ""
            continue
        for entry in _NEXT_ENTRY.split(block):
            match = _AUTHOR.match(entry)
            if match:
                author, entry = _turned(match.group("author")), entry[match.end() :]
            works.extend(_read_entry(author, entry))
    return works


def _turned(author: str) -> str:
    """Give ``Trotsky, L. D.`` as ``L. D. Trotsky``; of two authors, the first so and the rest."""
    first = re.match(_PERSON, f"{author}.")
    if first is None:
        return author
    family, given = first.group().split(",", 1)
    given = given.strip()
    rest = author[first.end() :].strip(" ,")
    return f"{given} {family}" + (f" {rest}" if rest else "")


def _read_entry(author: str, entry: str) -> Iterator[Work]:
    end = _TITLE_END.search(entry)
    if end is None:
        return
    sign = entry[end.start()]
    title = entry[: end.start()] + (sign if sign in "?!" else "")
    imprint = _IMPRINT.search(entry[end.end() :])
    if imprint and title[:1].isalnum():
        yield Work(author, title.strip(), f"{imprint.group('place')}, {imprint.group('year')}")
