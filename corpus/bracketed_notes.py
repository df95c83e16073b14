"""Parts notes that are printed between brackets from the text around them.

``[Footnote 12: ...]`` may stand between two paragraphs or within one, may hold several paragraphs
and brackets of its own, and text may go on behind its last bracket on the same line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from corpus.document import Kind, Span
from corpus.layout import Draft, upwards

_OPENER = re.compile(r"\[(?:Foot)?note\s+(?P<n>\w{1,5})(?:[.:]|\]:)\s*", re.IGNORECASE)
_BRACKET = re.compile(r"[\[\]]")
# A bracket that is not closed within so many paragraphs never will be.
_REACH = 40
_MAY_HOLD_A_NOTE = (Kind.BODY, Kind.TABLE)


def part_bracketed_notes(drafts: list[Draft]) -> None:
    """Make a draft of every bracketed note, and drafts of what stands before and behind it."""
    parted: list[Draft] = []
    waiting = 0
    for i, draft in enumerate(drafts):
        if waiting and not draft.dropped:
            waiting -= 1
            piece = list(_go_on(drafts, i, last=not waiting))
        elif not draft.dropped and draft.kind in _MAY_HOLD_A_NOTE and not draft.level:
            piece = list(_part(draft))
            if piece[-1].kind is Kind.NOTE and not _is_closed(piece[-1]):
                waiting = _paragraphs_to_close(piece[-1], drafts, i)
        else:
            piece = [draft]
        parted += piece
    drafts[:] = [_without_bracket(draft) for draft in parted]


def _go_on(drafts: Sequence[Draft], i: int, *, last: bool) -> Iterator[Draft]:
    """Give a later paragraph of a note, and of the last one what stands behind the bracket."""
    draft = drafts[i]
    end = _closing(draft.text, _depth_before(drafts, i)) if last else len(draft.text)
    note = _slice(draft, 0, end)
    note.kind, note.number = Kind.NOTE, "…"
    yield note
    if draft.text[end:].strip():
        yield from _part(_slice(draft, end, len(draft.text)))


def _part(draft: Draft) -> Iterator[Draft]:
    """Cut a paragraph at the notes in it."""
    low = 0
    while match := _OPENER.search(draft.text, low):
        if draft.text[low : match.start()].strip():
            yield _slice(draft, low, match.start())
        end = _closing(draft.text[match.end() :], 1)
        note = _slice(draft, match.end(), match.end() + end)
        note.kind, note.number = Kind.NOTE, match.group("n")
        yield note
        low = match.end() + end
    if not low:
        yield draft
    elif draft.text[low:].strip():
        yield _slice(draft, low, len(draft.text))


def _slice(draft: Draft, start: int, end: int) -> Draft:
    """Give a stretch of a paragraph as one of its own."""
    text = draft.text[start:end]
    low = draft.start + start + len(text) - len(text.lstrip())
    bare = text.strip()
    return Draft([Span(low, low + len(bare))], bare, blank_before=draft.blank_before and not start)


def _closing(text: str, depth: int) -> int:
    """Give the place behind the bracket that closes a note, or the end where none does."""
    for bracket in _BRACKET.finditer(text):
        depth += 1 if bracket.group() == "[" else -1
        if not depth:
            return bracket.end()
    return len(text)


def _balance(text: str) -> int:
    return text.count("[") - text.count("]")


def _is_closed(note: Draft) -> bool:
    return _balance(note.text) < 0


def _paragraphs_to_close(note: Draft, drafts: Sequence[Draft], i: int) -> int:
    """Give how many paragraphs further a note is closed; 0 where another opens before that."""
    depth, count = 1 + _balance(note.text), 0
    for draft in drafts[i + 1 : i + _REACH]:
        if draft.dropped:
            continue
        count += 1
        if _closing(draft.text, depth) < len(draft.text) or depth + _balance(draft.text) <= 0:
            opener = _OPENER.search(draft.text)
            closed = _closing(draft.text, depth)
            return 0 if opener and opener.start() < closed else count
        if draft.level or _OPENER.search(draft.text):
            return 0
        depth += _balance(draft.text)
    return 0


def _depth_before(drafts: Sequence[Draft], i: int) -> int:
    """Give how many brackets are open where a paragraph begins, counted from its note's own."""
    depth = 0
    for draft in upwards(drafts, i):
        if draft.dropped:
            continue
        openers = list(_OPENER.finditer(draft.text))
        depth += _balance(draft.text[openers[-1].start() :] if openers else draft.text)
        if openers:
            break
    return depth


def _without_bracket(draft: Draft) -> Draft:
    """Cut off the bracket that closes a note."""
    if draft.kind is Kind.NOTE and draft.text.endswith("]") and _balance(draft.text) < 0:
        return _slice_note(draft)
    return draft


def _slice_note(draft: Draft) -> Draft:
    bare = draft.text[:-1].rstrip()
    start = draft.start
    draft.spans[-1] = Span(start, start + len(bare))
    draft.text = bare
    return draft
