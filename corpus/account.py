"""Accounts for every character of a file: what the reader made of it, adding up to the whole.

Nothing is taken on trust: a character counts as body, note or heading only where the clean text
traces back to it, and what is neither text nor known for a sign is reported as not understood.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from corpus.contents import heading_key
from corpus.document import Document, Kind, Span


class Fate(StrEnum):
    """What became of a character of the file."""

    BODY = "body"
    NOTE = "note"
    HEADING = "heading"
    CAPTION = "caption"
    FRONT = "front"
    BIBLIOGRAPHY = "bibliography"
    INDEX = "index"
    TABLE = "table"
    ABBREVIATIONS = "abbreviations"
    DAMAGED = "damaged"
    FURNITURE = "furniture"
    """Page numbers, rules, lines that are no text: dropped with a reason."""
    REPEATED = "repeated"
    """Running heads, and headings printed twice: dropped, but their words stand in the text as a
    heading or on the title page, where a search comes upon them."""
    SIGN = "sign"
    """Note marks, note numbers, emphasis, tags, hyphens at line ends."""
    SPACE = "space"
    UNKNOWN = "unknown"
    """Neither in the text nor known for a sign."""


FINDABLE = frozenset({*(Fate(kind.value) for kind in Kind), Fate.REPEATED})
"""Where the letters are kept, so that a search can come upon them."""

_CODES = {fate: code for code, fate in enumerate(Fate, start=1)}
_SPACE = re.compile(r"\s+")
# Superscript figures and fractions count as word characters, but are no letters.
_LETTERS = re.compile(r"[^\W\d_⁰¹²³⁴-⁹₀-₉¼-¾]+")
_LEFT_OUT = re.compile(rb"\x00+")
# What may be left out and is no text: tags, the word before a note's number, the rest signs.
_TAGS = re.compile(
    r"</?\w{1,6}[^<>]*>|\[(?:foot)?note\s+\w{1,5}\]?[.:]?|\[\^[^\]\s]+\]:?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Account:
    """How many characters of a file met with each fate."""

    characters: Mapping[Fate, int]
    letters: Mapping[Fate, int]
    """Those of them that are letters."""
    unknown: tuple[Span, ...]
    """Where in the file the characters stand that were not understood."""

    @property
    def total(self) -> int:
        """The characters of the file."""
        return sum(self.characters.values())

    def share(self, fate: Fate) -> float:
        """The share of the file's characters that met with a fate."""
        return self.characters[fate] / self.total if self.total else 0.0

    @property
    def findable(self) -> float:
        """The share of the letters of words, tags left out, that are kept findable."""
        kept = sum(self.letters[fate] for fate in FINDABLE)
        words = kept + self.letters[Fate.FURNITURE] + self.letters[Fate.UNKNOWN]
        return kept / words if words else 1.0


def add_accounts(accounts: Iterable[Account]) -> Account:
    """Add up the accounts of several files; the places not understood stand in each one's own."""
    characters: Counter[Fate] = Counter(dict.fromkeys(Fate, 0))
    letters: Counter[Fate] = Counter(dict.fromkeys(Fate, 0))
    for account in accounts:
        characters.update(account.characters)
        letters.update(account.letters)
    return Account(dict(characters), dict(letters), ())


def account_for(document: Document) -> Account:
    """Tell what the reader made of every character of a document's file."""
    fates = bytearray(len(document.source))
    for low, high, fate in _kept(document):
        _fill(fates, low, high, fate)
    titles = _titles(document)
    repeated = cache(lambda text: _is_repeated(text, titles))
    for line in document.report.dropped:
        fate = Fate.REPEATED if repeated(line.text) else Fate.FURNITURE
        _fill(fates, *line.source_span, fate)
    for space in _SPACE.finditer(document.source):
        _fill(fates, *space.span(), Fate.SPACE)
    for low, high, fate in list(_signs(document, fates)):
        _fill(fates, low, high, fate)
    letters = b"".join(
        bytes(fates[m.start() : m.end()]) for m in _LETTERS.finditer(document.source)
    )
    return Account(
        characters={fate: fates.count(code) for fate, code in _CODES.items()},
        letters={fate: letters.count(code) for fate, code in _CODES.items()},
        unknown=tuple(
            Span(*m.span()) for m in re.finditer(bytes([_CODES[Fate.UNKNOWN]]) + b"+", fates)
        ),
    )


def _titles(document: Document) -> str:
    """Give the folded words of headings and the title page, a line each."""
    kinds = (Kind.HEADING, Kind.FRONT)
    blocks = [block for block in document.blocks if block.kind in kinds]
    return "\n".join(heading_key(document.text[block.start : block.end]) for block in blocks)


def _is_repeated(text: str, titles: str) -> bool:
    key = heading_key(text)
    return bool(key) and re.search(rf"\b{re.escape(key)}\b", titles) is not None


def _fill(fates: bytearray, low: int, high: int, fate: Fate) -> None:
    fates[low:high] = bytes([_CODES[fate]]) * (high - low)


def _kept(document: Document) -> Iterator[tuple[int, int, Fate]]:
    """Give the stretches of the file that stand in the clean text, and as what."""
    blocks = iter(document.blocks)
    block = next(blocks, None)
    for text_start, source_start, length in document.source_map.runs():
        position, end = text_start, text_start + length
        while block is not None and position < end:
            if block.end <= position:
                block = next(blocks, None)
                continue
            stop = min(end, block.end)
            if block.start < stop:
                low = source_start + max(position, block.start) - text_start
                yield low, source_start + stop - text_start, Fate(block.kind.value)
            position = stop


def _signs(document: Document, fates: bytearray) -> Iterator[tuple[int, int, Fate]]:
    """Give what is left over: marks and signs, and words that are neither."""
    known = bytearray(len(fates))
    marks = (mark.source_span for mark in document.marks)
    for low, high in (*marks, *(tag.span() for tag in _TAGS.finditer(document.source))):
        known[low:high] = b"\x01" * (high - low)
    for rest in _LEFT_OUT.finditer(fates):
        start, end = rest.span()
        yield start, end, Fate.SIGN
        for word in _LETTERS.finditer(document.source, start, end):
            if not all(known[word.start() : word.end()]):
                yield *word.span(), Fate.UNKNOWN
