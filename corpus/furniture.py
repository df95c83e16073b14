"""Finds what a printed page carries besides its text: running heads, page numbers, rules, captions.

Running heads are known by their behaviour, not by their words: they repeat, they change their
number, they stand in the middle of sentences.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from corpus.document import Kind, Span
from corpus.folding import fold
from corpus.layout import Draft, downwards, is_rule, upwards
from corpus.sentences import is_open

_BARE_NUMBER = re.compile(r"\W{0,3}(?:p\.\s*)?(\d{1,4}|[ivxlc]{1,7})\W{0,3}")
_NUMBERED_HEAD = re.compile(r"(\d{1,4})\W{0,3}\s+(\D.*)|(.*\D)\s+\W{0,3}(\d{1,4})")
_BEFORE_HEAD = re.compile(r"\s+(\d{1,4})\s+(?=\S)")
_LONE_SIGNS = frozenset("-*•+.,|—–")
_HEAD_CHARS = 80
_FEW_WORDS = 4
# What is numbered 'IV.' or '4.' is a chapter; a page number has no full stop.
_CHAPTER_NUMBER = re.compile(r"\W*(?:\d{1,2}|[IVXLC]+)[.:]\s")
# No book has that many pages, but many a title page has a year.
_LAST_PAGE = 1500
_CREDIT = re.compile(r"(?<=[.?!\"”')])\s+((?:[A-Z][\w.,&'’-]*\s*(?:of\s+|the\s+|from\s+)?){1,6})$")
_CAPTION_OPENER = re.compile(
    r"\((?:top|bottom|left|right|above|below|opposite|overleaf)\)"
    r"|(?:following|facing|opposite) page:"
    r"|(?:fig(?:ure|\.)|plate|photo(?:graph)?|illustration|map)\s+[\divxlc]{1,5}[.:]",
    re.IGNORECASE,
)
# Captions of one plate section stand together; a credit further off is a chance likeness.
_CAPTION_REACH = 12
_CAPTION_CHARS = 500


def drop_furniture(drafts: list[Draft]) -> None:
    """Mark rules, page numbers and running heads as dropped, and captions as captions.

    A running head that is glued to the end of a paragraph is cut off and becomes a draft.
    """
    for draft in drafts:
        if is_rule(draft.text):
            draft.dropped = "rule"
        elif draft.text in _LONE_SIGNS:
            draft.dropped = "sign without text"
        elif number := _page_number(draft):
            draft.dropped, draft.page = "page number", number
    heads = _drop_running_heads(drafts)
    drafts[:] = [part for draft in drafts for part in _cut_glued_head(draft, heads)]
    _find_captions(drafts)


def _page_number(draft: Draft) -> str | None:
    match = _BARE_NUMBER.fullmatch(draft.text)
    if match is None or draft.level or draft.listed or not draft.blank_before:
        return None
    label = match.group(1)
    return None if label.isdecimal() and int(label) > _LAST_PAGE else label


def _head_parts(draft: Draft) -> tuple[str, str | None] | None:
    """Give a short line's folded words and its number, where it could be a running head."""
    text = draft.text.lstrip("#* \t").rstrip("* \t")
    if len(text) > _HEAD_CHARS or draft.dropped or draft.kind is not Kind.BODY or draft.listed:
        return None
    if _CHAPTER_NUMBER.match(text):
        return None
    match = _NUMBERED_HEAD.fullmatch(text)
    number = match and (match.group(1) or match.group(4))
    words = (match.group(2) or match.group(3)) if match else text
    key = re.sub(r"[\W\d_]+", " ", fold(words)).strip()
    return (key, number) if len(key) > 3 and text[-1:] not in ".?!,;" else None


def _drop_running_heads(drafts: Sequence[Draft]) -> set[str]:
    """Drop running heads; return their words as printed, to find the glued ones."""
    places: dict[str, list[tuple[int, str | None]]] = defaultdict(list)
    for i, draft in enumerate(drafts):
        if parts := _head_parts(draft):
            places[parts[0]].append((i, parts[1]))
    printed: set[str] = set()
    for found in places.values():
        numbers = {number for _, number in found if number}
        shouted = sum(drafts[i].text.isupper() for i, _ in found)
        if len(found) < 2:
            continue
        for position, (i, number) in enumerate(found):
            repeats = position > 0 and shouted > 1 and drafts[i].text.isupper()
            if _is_running_head(drafts, i, number, numbers, repeats=repeats):
                drafts[i].dropped, drafts[i].page = "running head", number
                printed.add(re.sub(r"^\W*\d+\s+|\s+\d+\W*$", "", drafts[i].text))
            elif number and _repeats_heading(drafts, found, position):
                drafts[i].dropped = "heading printed twice"
    return {head for head in printed if len(head) > 8}


def _is_running_head(
    drafts: Sequence[Draft], i: int, number: str | None, numbers: set[str], *, repeats: bool
) -> bool:
    if drafts[i].level:
        return False
    return repeats or (number is not None and len(numbers) > 1) or _in_mid_sentence(drafts, i)


def _repeats_heading(
    drafts: Sequence[Draft], found: Sequence[tuple[int, str | None]], position: int
) -> bool:
    if position == 0:
        return False
    i, number = found[position]
    before, number_before = found[position - 1]
    return number == number_before and all(d.dropped for d in drafts[before + 1 : i])


def _in_mid_sentence(drafts: Sequence[Draft], i: int) -> bool:
    before = next((d for d in upwards(drafts, i) if d.is_text), None)
    after = next((d for d in downwards(drafts, i) if d.is_text), None)
    if before is None or after is None or len(before.text.split()) < _FEW_WORDS:
        return False
    return is_open(before.text) and after.text[:1].islower()


def _cut_glued_head(draft: Draft, heads: set[str]) -> Iterator[Draft]:
    tail = max(0, len(draft.text) - 2 * _HEAD_CHARS)
    for match in _BEFORE_HEAD.finditer(draft.text, tail) if draft.is_text and heads else ():
        if draft.text[match.end() :] in heads:
            start, end = draft.spans[0]
            cut = start + match.start()
            yield Draft([Span(start, cut)], draft.text[: match.start()], listed=draft.listed)
            glued = Draft([Span(cut + 1, end)], draft.text[match.start() :].strip())
            glued.dropped, glued.page = "running head", match.group(1)
            yield glued
            return
    yield draft


def _find_captions(drafts: Sequence[Draft]) -> None:
    """Mark captions: short paragraphs that share a picture credit, and what opens like one."""
    credited: dict[str, list[int]] = defaultdict(list)
    for i, draft in enumerate(drafts):
        if not draft.is_text or len(draft.text) > _CAPTION_CHARS:
            continue
        if match := _CREDIT.search(draft.text):
            credited[fold(match.group(1))].append(i)
        if _CAPTION_OPENER.match(draft.text):
            draft.kind = Kind.CAPTION
    for credit, places in credited.items():
        if len(places) > 1 and _stand_together(places):
            for name, alike in credited.items():
                if name.endswith(credit):
                    _mark_captions(drafts, alike)


def _mark_captions(drafts: Sequence[Draft], places: Sequence[int]) -> None:
    for i in places:
        drafts[i].kind = Kind.CAPTION


def _stand_together(places: Sequence[int]) -> bool:
    gaps = [b - a for a, b in pairwise(places)]
    return Counter(gap <= _CAPTION_REACH for gap in gaps)[True] >= len(gaps) / 2
