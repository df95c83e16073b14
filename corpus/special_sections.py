"""Finds the parts of a book that are not its body: front matter, notes, bibliography, tables."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from corpus.contents import (
    CHAPTER_LINE,
    ENTRY_PAGE,
    PART,
    PART_LINE,
    Contents,
    heading_key,
    read_contents,
)
from corpus.document import Kind
from corpus.layout import Draft, downwards

SPECIAL_SECTIONS: Mapping[str, Kind] = {
    "abbreviations": Kind.ABBREVIATIONS,
    "glossary": Kind.ABBREVIATIONS,
    "list of abbreviations": Kind.ABBREVIATIONS,
    "bibliography": Kind.BIBLIOGRAPHY,
    "further reading": Kind.BIBLIOGRAPHY,
    "select bibliography": Kind.BIBLIOGRAPHY,
    "sources": Kind.BIBLIOGRAPHY,
    "works cited": Kind.BIBLIOGRAPHY,
    "contents": Kind.FRONT,
    "table of contents": Kind.FRONT,
    "index": Kind.INDEX,
    "index of names": Kind.INDEX,
    "endnotes": Kind.NOTE,
    "footnotes": Kind.NOTE,
    "notes": Kind.NOTE,
    "notes and references": Kind.NOTE,
    "notes to the text": Kind.NOTE,
}
"""What a section is, by the folded words of its heading."""
HEADING_CHARS = 100
PARAGRAPH_CHARS = 120
_NUMBERED_LINE = re.compile(r"\d{1,4}\s+[^a-z\d]+")
_NUMBERED_NOTE = re.compile(r"\s*(?:[-*•]\s+)?\W?\d{1,3}\W{0,2}\s")
_ENVELOPE = re.compile(r"\W*\*{3}\s*(?P<side>START|END) OF (?:TH\w+\s+)?PROJECT\b.*", re.IGNORECASE)


def find_contents(drafts: Sequence[Draft]) -> Contents:
    """Mark the table of contents and the title page before it as front matter.

    Returns:
        The table of contents, empty where the book has none.
    """
    contents = Contents()
    for i in range(len(drafts)):
        if _special_kind(drafts, i) is Kind.FRONT:
            end = _contents_end(drafts, i)
            drafts[i].level = drafts[i].level or PART
            for draft in drafts[i + 1 : end]:
                draft.kind = Kind.FRONT
            read_contents(drafts[i + 1 : end], contents)
            break
    _mark_title_page(drafts)
    return contents


def find_special_sections(drafts: Sequence[Draft], contents: Contents) -> None:
    """Mark notes, bibliography, index and abbreviations as what they are."""
    i = 0
    while i < len(drafts):
        kind = _special_kind(drafts, i)
        if kind is None or kind is Kind.FRONT or drafts[i].kind is not Kind.BODY:
            i += 1
            continue
        end = _special_end(drafts, i, kind, contents)
        drafts[i].level = drafts[i].level or PART
        for draft in drafts[i + 1 : end]:
            if not draft.dropped:
                draft.kind = kind
        i = max(end, i + 1)


def _special_kind(drafts: Sequence[Draft], i: int) -> Kind | None:
    draft = drafts[i]
    if draft.dropped or len(draft.text) > 40 or draft.listed:
        return None
    return SPECIAL_SECTIONS.get(heading_key(draft.text))


def _contents_end(drafts: Sequence[Draft], start: int) -> int:
    """Give the place where an entry stands a second time, as a heading, or a paragraph begins."""
    seen: set[str] = set()
    for i in range(start + 1, len(drafts)):
        draft = drafts[i]
        key = heading_key(ENTRY_PAGE.sub("", draft.text))
        if key in seen or len(draft.text) > 2 * PARAGRAPH_CHARS or draft.level:
            return i
        seen.add(key)
    return len(drafts)


def _special_end(drafts: Sequence[Draft], start: int, kind: Kind, contents: Contents) -> int:
    level = drafts[start].level
    chapter = None
    for i in range(start + 1, len(drafts)):
        draft = drafts[i]
        if draft.dropped:
            continue
        if _special_kind(drafts, i) not in (None, kind):
            return i
        if _leaves_section(drafts, i, kind, level, contents):
            return i
        if kind is not Kind.NOTE:
            continue
        if _special_kind(drafts, i) is kind and chapter is not None:
            # Notes end every chapter: what stands between two lots of them is the next chapter.
            return chapter
        if chapter is None and _opens_chapter(drafts, i):
            chapter = i
    return len(drafts)


def _opens_chapter(drafts: Sequence[Draft], i: int) -> bool:
    """Whether a plain line among notes can be a title, with a paragraph below it."""
    draft = drafts[i]
    below = next((d for d in downwards(drafts, i) if not d.dropped), None)
    if below is None or draft.listed or below.listed or not draft.blank_before:
        return False
    if len(draft.text) > HEADING_CHARS or draft.text[-1] in ".,;:!?":
        return False
    is_note = _NUMBERED_NOTE.match(draft.text) or _NUMBERED_NOTE.match(below.text)
    return draft.text[0].isupper() and not is_note and len(below.text) > PARAGRAPH_CHARS


def _leaves_section(
    drafts: Sequence[Draft], i: int, kind: Kind, level: int, contents: Contents
) -> bool:
    """Whether a heading ends a special section rather than divide it."""
    draft = drafts[i]
    if draft.level:
        return draft.level <= level or (kind is Kind.NOTE and not _notes_follow(drafts, i))
    if draft.listed or len(draft.text) > HEADING_CHARS:
        return kind is Kind.ABBREVIATIONS and len(draft.text) > 2 * PARAGRAPH_CHARS
    if contents.match(draft.text) is None:
        return False
    return kind is not Kind.NOTE or not _notes_follow(drafts, i)


def _notes_follow(drafts: Sequence[Draft], i: int) -> bool:
    following = [d for d in drafts[i + 1 : i + 4] if not d.dropped][:2]
    return any(_NUMBERED_NOTE.match(draft.text) for draft in following)


def _mark_title_page(drafts: Sequence[Draft]) -> None:
    """Mark the short lines before the contents, or before the first paragraph, as front matter."""
    contents = next((i for i, d in enumerate(drafts) if _special_kind(drafts, i) is Kind.FRONT), 0)
    for draft in drafts[:contents]:
        if not draft.dropped and draft.kind is Kind.BODY and len(draft.text) < 2 * PARAGRAPH_CHARS:
            draft.kind = Kind.FRONT
    short = Counter(heading_key(d.text) for d in drafts if len(d.text) < HEADING_CHARS)
    for i, draft in enumerate(drafts):
        if draft.kind is not Kind.BODY or draft.level or len(draft.text) > PARAGRAPH_CHARS:
            return
        if i and short[heading_key(draft.text)] > 1:
            # A chapter's title comes again, above its notes or at the head of its pages.
            return
        if any(form.fullmatch(draft.text) for form in (PART_LINE, CHAPTER_LINE, _NUMBERED_LINE)):
            return
        if not draft.dropped:
            draft.kind = Kind.FRONT


def mark_envelope(drafts: Sequence[Draft]) -> None:
    """Mark what a library of electronic texts has put before and behind a book as front matter."""
    sides = [(i, m["side"].upper()) for i, d in enumerate(drafts) if (m := _ENVELOPE.match(d.text))]
    start = next((i for i, side in sides if side == "START"), -1)
    end = next((i for i, side in reversed(sides) if side == "END"), len(drafts))
    if end <= start:
        return
    for draft in (*drafts[: start + 1], *drafts[end:]):
        if not draft.dropped:
            draft.kind, draft.level, draft.listed = Kind.FRONT, 0, False
