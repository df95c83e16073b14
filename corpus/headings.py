"""Finds headings, and tells every paragraph the headings it stands under."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.contents import (
    CHAPTER,
    CHAPTER_LINE,
    LEADING_NUMBER,
    PART,
    PART_LINE,
    SUBHEADING,
    Contents,
    heading_key,
)
from corpus.document import Kind
from corpus.folding import fold
from corpus.layout import Draft
from corpus.sentences import breaks_off, is_open, without_marks
from corpus.special_sections import HEADING_CHARS, PARAGRAPH_CHARS, SPECIAL_SECTIONS

_HEADING_WORDS = 14
# 'Chapter IV: The Cruelty of Commodus.--Part II.' is a heading, full stop or not.
_NUMERAL = (
    r"(?:[ivxlc]+|\d{1,3}|(?:the\s+)?(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|"
    r"twelve|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|last))"
)
_TITLED = re.compile(
    rf"(?P<part>part|book|volume)?(?:chapter|lecture|letter|section|canto|article|act|art\.)?"
    rf"\s+{_NUMERAL}\s*[.:–—-]+\s*(?P<title>\S.*)",
    re.IGNORECASE | re.DOTALL,
)
_TITLE_WORDS = re.compile(r"[^\W\d_]{4,}")
_TITLE_SHARE = 0.5
_LONGEST_TITLE = 260
_BOOK = re.compile(r"(?:book|volume)\b", re.IGNORECASE)
_PART_OF_CHAPTER = re.compile(r"(?:part|section|article|art\.)\s", re.IGNORECASE)
_TITLE_SIGNS = re.compile(r"<[^>]+>|\*\*|^#+\s*|\s*#+$|[⁰¹²³⁴-⁹]+$|^[-•]\s+")
_DATE_LINE = re.compile(
    r"[\W\d]*(?:[A-Z][a-z]+,?\s+)?(?:[A-Z][a-z]+\s+)?[\W\d]*(?:1\d{3}|20\d\d)\W*"
)


def find_headings(drafts: Sequence[Draft], contents: Contents) -> None:
    """Mark plain lines that behave like headings, from the last to the first.

    A heading is short, is no sentence, follows a finished one and stands above a paragraph or
    above another heading.
    """
    above = _texts_above(drafts)
    below: Draft | None = None
    for i in range(len(drafts) - 1, -1, -1):
        draft = drafts[i]
        if draft.dropped or draft.kind not in (Kind.BODY, Kind.HEADING, Kind.TABLE):
            continue
        if (
            draft.kind is not Kind.TABLE
            and not draft.level
            and _is_heading(draft, above[i], below, contents)
        ):
            entry = contents.match(draft.text)
            draft.level = entry[1] if entry else _level_by_form(draft, below)
        below = draft
    _rank_markdown_headings(drafts)
    _lower_parts_of_chapters(drafts)


def _level_by_form(draft: Draft, below: Draft | None) -> int:
    if PART_LINE.fullmatch(draft.text):
        if below is not None and below.level == SUBHEADING and below.text.isupper():
            below.level = PART
        return PART
    if titled := _TITLED.fullmatch(draft.text):
        return PART if titled["part"] else CHAPTER
    if CHAPTER_LINE.fullmatch(draft.text):
        if below is not None and below.level:
            below.level = CHAPTER
        return CHAPTER
    return SUBHEADING


def _texts_above(drafts: Sequence[Draft]) -> list[Draft | None]:
    """Give for every draft the nearest one above it that is part of the running text."""
    above: list[Draft | None] = []
    last = None
    for draft in drafts:
        above.append(last)
        if not draft.dropped and draft.kind in (Kind.BODY, Kind.ABBREVIATIONS, Kind.FRONT):
            last = draft
    return above


def _is_heading(draft: Draft, above: Draft | None, below: Draft | None, contents: Contents) -> bool:
    text = draft.text
    if draft.listed or below is None or not draft.blank_before or len(text) > _LONGEST_TITLE:
        return False
    if is_titled(text) or (text.isupper() and above is not None and _is_bare(above)):
        return True
    if len(text) > HEADING_CHARS:
        return False
    if contents.match(text) or _is_bare(draft):
        return True
    if below.kind is Kind.TABLE and text[-1] not in ",;:-.":
        return True
    if text.isupper() and len(text.split()) <= _HEADING_WORDS:
        return text[-1] not in ",;:-" and (_stands_above(below) or below.listed)
    return _is_plain_heading(text, above) and _stands_above(below)


def _is_plain_heading(text: str, above: Draft | None) -> bool:
    """Whether a short line is no sentence, no date, and no rest of the paragraph above."""
    if not (text[0].isupper() or text[0].isdigit() or text[0] in "'\"‘“"):
        return False
    if text[-1] in ".,;:!-–—" or breaks_off(text) or re.search(r"[.!?;]['\"”’]?\s+[A-Z]", text):
        return False
    if len(text.split()) > _HEADING_WORDS or _DATE_LINE.fullmatch(text):
        return False
    return not (
        above is not None
        and above.is_text
        and len(above.text) > 60
        and is_open(without_marks(above.text))
    )


def is_titled(text: str) -> bool:
    """Whether a line is a chapter's number and its title, which is written as titles are."""
    match = _TITLED.fullmatch(text)
    if match is None or not text[0].isupper():
        return False
    # No sentence begins with 'PART I.', whatever the words behind it look like.
    if text.split()[0].isupper() and len(text.split()[0]) > 2:
        return True
    words = _TITLE_WORDS.findall(match["title"])
    return bool(words) and sum(w[0].isupper() for w in words) > _TITLE_SHARE * len(words)


def _is_bare(draft: Draft) -> bool:
    """Whether a line is the number of a part or a chapter, whose title stands below."""
    return bool(PART_LINE.fullmatch(draft.text) or CHAPTER_LINE.fullmatch(draft.text))


def _stands_above(below: Draft) -> bool:
    if below.level:
        return True
    opening = below.text.lstrip("'\"‘“([*_")
    return len(below.text) > PARAGRAPH_CHARS and bool(opening) and not opening[0].islower()


def _lower_parts_of_chapters(drafts: Sequence[Draft]) -> None:
    """Put the parts of a book that is divided into books below its chapters."""
    headings = [draft for draft in drafts if draft.level and not draft.text.startswith("#")]
    books = [d for d in headings if d.level == PART and _BOOK.match(d.text)]
    parts = [d for d in headings if _PART_OF_CHAPTER.match(d.text)]
    if books and any(CHAPTER_LINE.match(d.text) for d in headings):
        for draft in parts:
            draft.level = SUBHEADING


def _rank_markdown_headings(drafts: Sequence[Draft]) -> None:
    """Put an unnumbered heading below the numbered ones of the same number of signs."""
    marked = [d for d in drafts if d.level and d.text.startswith("#")]
    numbered = {d.level for d in marked if LEADING_NUMBER.match(d.text.lstrip("#* \t"))}
    for draft in marked:
        level = draft.level
        draft.level = 2 * level
        if level in numbered and not LEADING_NUMBER.match(draft.text.lstrip("#* \t")):
            draft.level += 1


def assign_paths(drafts: Sequence[Draft], contents: Contents) -> None:
    """Give every draft the headings it stands under, outermost first."""
    stack: list[tuple[int, str]] = []
    above: Draft | None = None
    for draft in drafts:
        if draft.dropped:
            continue
        if draft.level:
            title = _title(draft, contents)
            if above and above.level and stack and _continues_title(stack[-1], draft.level):
                stack[-1] = (stack[-1][0], f"{stack[-1][1]}: {title}")
                above.path = tuple(heading for _, heading in stack)
            else:
                stack = [entry for entry in stack if _stays_above(entry, draft)]
                stack.append((draft.level, title))
        above = draft
        draft.path = tuple(title for _, title in stack)


def _stays_above(entry: tuple[int, str], heading: Draft) -> bool:
    """Whether a heading goes on holding; a bibliography does not, once a chapter begins."""
    is_special = heading_key(entry[1]) in SPECIAL_SECTIONS
    return entry[0] < heading.level and not (is_special and heading.kind is Kind.BODY)


def _continues_title(last: tuple[int, str], level: int) -> bool:
    bare = PART_LINE.fullmatch(last[1]) or CHAPTER_LINE.fullmatch(last[1])
    return last[0] == level and bare is not None


def _title(draft: Draft, contents: Contents) -> str:
    title = _TITLE_SIGNS.sub("", draft.text).strip(" *_\t")
    entry = contents.match(draft.text)
    unnumbered = re.sub(r"^\W*\d+\W+", "", title)
    if entry and (title.isupper() or fold(entry[0]) != fold(unnumbered)):
        return entry[0]
    title = re.sub(r"\s+", " ", title)
    return title.rstrip(".") if title.isupper() else title
