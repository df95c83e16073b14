"""Reads the citations in a note: author, title, imprint, volume and place, as scholars print them.

A note holds citations one after another, parted by semicolons or sentences. Each opens with an
author and a title, with a title alone, or with a word that points back, such as ``Ibid``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from corpus.folding import fold
from corpus.sentences import split_sentences


class Form(StrEnum):
    """How a citation names its work."""

    NAMED = "named"
    """By title, in full or cut short."""
    IBID = "ibid"
    """As the work that was cited last."""
    AUTHOR = "op. cit."
    """By its author alone."""
    PLACE = "loc. cit."
    """By where it was published, as cited before."""
    SAME = "same"
    """Not at all: another page of the work that was cited last."""


class Locator(StrEnum):
    """By what a place in a work is told."""

    NONE = ""
    PAGE = "page"
    DATE = "date"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Work:
    """A book, an article, a newspaper or an archive."""

    author: str
    """As printed; empty where no one is named."""
    title: str
    imprint: str = ""
    """Place and year, as printed between brackets."""
    container: str = ""
    """Where an article stands, with volume and date."""

    @property
    def surname(self) -> str:
        """The folded surname of the first author."""
        return surname(self.author)

    def describe(self, volume: str = "", place: str = "") -> str:
        """Give the work as a full citation."""
        named = f"{self.author}, {self.title}" if self.author else self.title
        if self.container.startswith(self.title):
            named = f"{self.author}, {self.container}" if self.author else self.container
        elif self.container:
            joined = self.container if self.container.startswith("in ") else f", {self.container}"
            named += f" {joined}" if joined.startswith("in ") else joined
        if self.imprint:
            named += f" ({self.imprint})"
        return ", ".join(part for part in (named, volume and f"vol. {volume}", place) if part)


@dataclass(frozen=True, slots=True)
class Citation:
    """One citation of a note."""

    form: Form
    work: Work
    """What is named here; empty for a bare ``Ibid``."""
    volume: str = ""
    place: str = ""
    locator: Locator = Locator.NONE
    inside: str = ""
    """Who wrote the piece meant, where a work is cited as ``Rykov in Pravda``."""

    @property
    def is_full(self) -> bool:
        """Whether the citation says all that is needed to find the work."""
        if self.work.imprint:
            return True
        # An article in a periodical is told by its issue; one in a book needs the book.
        is_article = self.work.title[:1] in _QUOTES and not self.work.container.startswith("in ")
        return is_article and bool(self.work.container)


_QUOTES = "'\"‘“"
_MONTHS = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?"
)
_YEAR = r"(?:1[4-9]\d\d|20\d\d)"
_ROMAN = r"[ivxlcIVXLC1]{1,9}"
_SIGNAL = re.compile(
    r"(?:[^,;.()'\"‘“]{0,80}?\b)?(?:[Ss]ee|[Cc]f\.?|[Cc]ompare)\s+"
    r"(?:(?:also|in particular|for example|e\.\s?g\.),?\s+)*"
)
_IBID = re.compile(r"(?:(?P<inside>[A-Z]\S*)\s+in\s+)?[Ii]bid(?:em)?\b\.?[,:]?\s*")
# 'Idem, p. 4' is the same work, 'Idem, The Stoves of Tver' another one by the same author.
_IDEM = re.compile(
    r"[Ii]d(?:em)?\b\.?(?:[,:]|(?=\s+at\b)|$)\s*(?:at\s+)?(?=$|\W*(?:pp?\b|vols?\b|chs?\b|nos?\b|\d))"
)
_OP_CIT = re.compile(r"(?P<head>.*?),?\s+op\.?\s*cit\b\.?,?\s*")
_LOC_CIT = re.compile(r"(?P<head>.*?),?\s*\b[Ll]oc\.?\s*cit\b\.?,?\s*")
_IMPRINT = re.compile(
    rf"\s*\((?P<imprint>(?!{_MONTHS})[^()]{{0,80}},\s?[^()]{{0,120}}(?:{_YEAR}|n\.d\.)[^()]{{0,80}})\)"
)
_RUN_ON_IMPRINT = re.compile(
    rf"(?<!\bed)(?<!\beds)[.,:]\s+(?P<imprint>[A-Z][\w]+(?:[-–\s][A-Z]\w+)?,\s[^;()]{{2,60}}?\s{_YEAR})(?!\d)"
)
_ISSUE = re.compile(
    rf",?\s+(?P<volume>{_ROMAN}(?:[-–]{_ROMAN})?|\d+),?\s*\((?P<date>[^()]*\d{{4}})\)"
)
_DATE = rf"\d{{1,2}}(?:[-–/]\d{{1,2}})?\s+{_MONTHS},?\s+{_YEAR}|\d{{1,2}}\.\s?\d{{1,2}}\.\s?{_YEAR}"
_PAGES = r"(?:chs?\.|chaps?\.|parts?\b|pp?\b\.?|s\.|S\.|fols?\.|ff?\.)\s*[\divxlc]+"
_PART = r"(?:,?\s*(?:pts?|parts?)\.?\s+[ivx\d]+(?:\s*&\s*[ivx\d]+)*)?"
_VOLUME = (
    rf"(?:[Vv]ols?\b\.?|[Vv]olume|[Tt]om|[Bb]d\b\.?)\s*(?P<named>\d+|{_ROMAN})(?P<part>{_PART})"
    rf"|(?P<roman>{_ROMAN}|\d{{1,2}})\b(?P<rest>{_PART})(?=,?\s+(?:pp?\.\s*)?\d)"
)
_LOCATORS = (
    (Locator.DATE, re.compile(rf"(?:^|,?\s+)(?:of\s+|dated\s+)?(?P<place>{_DATE})")),
    (
        Locator.NUMBER,
        re.compile(r"(?:^|[,.]?\s+)(?P<place>Nos?\b\.?\s*[\w–/-]*\d[\w–/-]*)(?!,\s+pp?\.|\d)"),
    ),
    (Locator.PAGE, re.compile(rf"(?:^|[,.]?\s+)(?P<place>{_PAGES}(?:[-–,\s]+(?:and\s)?\d+)*)")),
)
_VOLUME_PLACE = re.compile(
    rf"(?<!\bNo)(?<!\bNos)(?:^|[,.]?(?<!\bNo\.)(?<!\bNos\.)\s+)(?:{_VOLUME})(?:,?\s+(?P<pages>\d+(?:[-–]\d+)?))?"
)
_TITLE_VOLUME = re.compile(rf",\s+(?:[Vv]ol\.?|[Vv]olume)\s+(?P<volume>\d+|{_ROMAN})$")
_BARE_PAGES = re.compile(r"(?:^|,\s+)(?P<place>\d+(?:[-–]\d+)?)(?=$|,|\.)")
_NAME = r"(?:[A-ZÀ-ÞĀ-Ž][\w.'’-]*|von|de|van|der|et|al\.|and|und|i|&|/|-)"
_AUTHOR = re.compile(rf"(?P<author>{_NAME}(?:[\s/]+{_NAME}){{0,7}}(?:\s+\(eds?\.?\))?),\s+(?=\S)")
_IN_PAPER = re.compile(r"(?P<inside>[A-Z][\w'’.-]*(?:\s[A-Z][\w'’.-]*)?)\s+in\s+(?=[A-Z])")
_QUOTED = re.compile(
    r"(?P<title>'.+?[^s]'(?=,?\s(?:in\s)?[A-Z])|'.+?'(?=,?\s(?:in\s)?[A-Z])|\".+?\"|‘.+?’|“.+?”)"
    r",?\s+(?P<container>.+)$"
)
_PROSE = re.compile(
    r"\b(?:was|were|is|are|had|has|that|which|who|he|she|it|they|this|these|would|could|did)\b"
)
_INITIALS = re.compile(r"\b[A-Z][a-z]{0,2}\.|\b[A-Z]\b|\(eds?\.?\)|\beds?\.")
_GOES_ON = re.compile(rf"\(|[A-Z]\w+(?:[-–]\w+)?,\s[^.;]{{2,60}}{_YEAR}")
# 'No. T-733' is one number, whatever ends a sentence elsewhere.
_CUT_SHORT = re.compile(r"\b(?:[Nn]os?|[Vv]ols?|pts?|pp?|[a-z])\.$")
_LONGEST_HEAD = 220


@lru_cache(maxsize=1 << 14)
def surname(author: str) -> str:
    """Give the folded surname in an author's name, whether initials stand before or behind it."""
    first = re.split(r"\s+(?:and|&|und|i|et)\s+|/", author)[0]
    bare = fold(_INITIALS.sub(" ", first)).replace(",", " ").split()
    if not bare:
        return ""
    inverted = bool(re.search(r"\s[A-Z]\.?\s*(?:[A-Z]\.?\s*)*$", first)) or "," in first
    return bare[0] if inverted else bare[-1]


def read_citations(note: str) -> Iterator[Citation]:
    """Give the citations of a note in order; a note that is a remark has none."""
    for segment in _segments(note):
        citation = _read_segment(segment)
        if citation is not None:
            yield citation


def _segments(note: str) -> Iterator[str]:
    for sentence in _sentences(note):
        for part in re.split(r";\s*(?![^()]*\))", sentence):
            low = 0
            for match in re.finditer(r"(?<=\d),?\s+and\s+(?=[A-Z][a-z])", part):
                yield part[low : match.start()]
                low = match.end()
            yield part[low:]


def _sentences(note: str) -> list[str]:
    """Cut a note into sentences; an imprint goes with the title it follows."""
    sentences: list[str] = []
    for start, end in split_sentences(note):
        sentence = note[start:end]
        goes_on = _GOES_ON.match(sentence) or (sentences and _CUT_SHORT.search(sentences[-1]))
        if sentences and goes_on:
            sentences[-1] += f" {sentence}"
        else:
            sentences.append(sentence)
    return sentences


def _read_segment(segment: str) -> Citation | None:
    text = segment.strip().strip("*_ ").rstrip(". ")
    signal = _SIGNAL.match(text)
    text = text[signal.end() :] if signal else text
    text = re.sub(r"^(?:and|but|also)\s+", "", text)
    if match := _IBID.match(text) or _IDEM.match(text):
        volume, place, locator = _read_place(text[match.end() :])
        inside = match.groupdict().get("inside") or ""
        return Citation(Form.IBID, Work("", ""), volume, place, locator, inside)
    for form, pattern in ((Form.AUTHOR, _OP_CIT), (Form.PLACE, _LOC_CIT)):
        if match := pattern.match(text):
            volume, place, locator = _read_place(text[match.end() :])
            return Citation(form, _read_work(match.group("head")), volume, place, locator)
    return _read_named(text)


def _read_named(text: str) -> Citation | None:
    imprint = _last(_IMPRINT, text) or _RUN_ON_IMPRINT.search(text)
    if imprint is not None:
        head, tail = text[: imprint.start()], text[imprint.end() :]
    elif issue := _ISSUE.search(text):
        head, tail = text[: issue.end()], text[issue.end() :]
    else:
        start = _start_of_place(text)
        if start is None:
            return None
        head, tail = text[:start], text[start:]
    volume, place, locator = _read_place(tail)
    if not head:
        return Citation(Form.SAME, Work("", ""), volume, place, locator)
    head = re.sub(r"(?<=[a-z\d])\.$", "", head.strip(" ,"))
    if not _is_head(head, remarks_too=imprint is not None):
        return None
    inside = _IN_PAPER.match(head) if imprint is None and locator is Locator.DATE else None
    work = _read_work(head[inside.end() :] if inside else head)
    if imprint is not None:
        inner = _TITLE_VOLUME.search(work.title)
        title = work.title[: inner.start()] if inner else work.title
        volume = volume or (roman(inner.group("volume")) if inner else "")
        work = Work(work.author, title, imprint.group("imprint").strip(), work.container)
    by = inside.group("inside") if inside else ""
    return Citation(Form.NAMED, work, volume, place, locator, by) if work.title else None


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    found = None
    for match in pattern.finditer(text):
        found = match
    return found


def _is_head(head: str, *, remarks_too: bool) -> bool:
    """Whether what stands before a page or an imprint can be an author and a title."""
    if not _opens_title(head) or len(head) > _LONGEST_HEAD:
        return False
    return remarks_too or not _PROSE.search(head)


def _read_work(head: str) -> Work:
    author = ""
    if (match := _AUTHOR.match(head)) and _opens_title(head[match.end() :]):
        author, head = match.group("author"), head[match.end() :]
    quoted = _QUOTED.match(head)
    if quoted:
        return Work(author, quoted.group("title"), "", _issue(quoted.group("container")))
    if match := _ISSUE.search(head):
        return Work(author, head[: match.start()].strip(" ,"), "", _issue(head))
    return Work(author, head.strip(" ,"))


def _opens_title(text: str) -> bool:
    return text[:1].isupper() or text[:1].isdigit() or text[:1] in _QUOTES


def _issue(container: str) -> str:
    """Give a periodical with its volume and date, the volume with its ones set right."""
    match = _ISSUE.search(container)
    if match is None:
        return container.strip(" ,")
    name = container[: match.start()].strip(" ,")
    return f"{name}, {roman(match.group('volume'))} ({match.group('date')})"


def roman(numeral: str) -> str:
    """Give a Roman numeral in capitals, with every ``1`` that a scan put for an ``I`` restored."""
    if re.fullmatch(rf"{_ROMAN}(?:[-–]{_ROMAN})?", numeral):
        return numeral.upper().replace("1", "I")
    return numeral


def _start_of_place(text: str) -> int | None:
    starts = [m.start() for _, pattern in _LOCATORS if (m := pattern.search(text))]
    if match := _VOLUME_PLACE.search(text):
        starts.append(match.start())
    return min(starts, default=None)


def _read_place(text: str) -> tuple[str, str, Locator]:
    """Give volume, place and how the place is told."""
    text = text.strip(" ,.:")
    volume = ""
    if match := _VOLUME_PLACE.match(text):
        volume = roman(match.group("named") or match.group("roman"))
        if part := (match.group("part") or match.group("rest") or "").strip(" ,"):
            volume += f", {part}"
        if match.group("pages"):
            return volume, f"p. {match.group('pages')}", Locator.PAGE
    for locator, pattern in _LOCATORS:
        if match := pattern.search(text):
            return volume, match.group("place").strip(), locator
    if match := _BARE_PAGES.match(text):
        return volume, f"p. {match.group('place')}", Locator.PAGE
    return volume, "", Locator.PAGE if volume else Locator.NONE
