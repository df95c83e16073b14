"""Finds the notes of a book: at the foot of the page, behind a rule, in brackets, or at the end.

What is found is marked on the drafts; which mark belongs to which note is left to
``corpus.marks``.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import pairwise

from corpus.bracketed_notes import part_bracketed_notes
from corpus.contents import Contents
from corpus.document import Kind, Span
from corpus.headings import is_titled
from corpus.layout import Draft, downwards, spells_out_notes, upwards
from corpus.sentences import is_open, split_sentences

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_BRACKETED = re.compile(r"\[(?P<n>\d{1,4})\]\s+(?=\S)")
_BRACKET_MARK = re.compile(r"(?<=\S)\s?\[(\d{1,4})\]")
_LABELLED = (
    re.compile(r"(?:[-*•]\s+)?<sup>\s*\[?(?P<n>\d{1,4}|[*†‡§]{1,3})\]?\s*</sup>[.:]?\s*(?=\S)"),
    re.compile(r"(?P<n>[⁰¹²³⁴-⁹]{1,4})\s*(?=\S)"),
    re.compile(r"\[\^(?P<n>[^\]\s]+)\]:\s*"),
    _BRACKETED,
)
_STARRED = re.compile(r"(?P<n>\*{1,3}|†{1,2}|‡|§)\s?(?=[^\s*])")
_STAR_MARK = re.compile(r"(?<=[\w.,;:!?'\"’”)])(\*{1,3}|†{1,2}|‡|§)(?![\w*])")
_STAR_REACH = 8
_RAISED_MARK = re.compile(r"(?<=[\w.,;:!?'\"’”)])(?:([⁰¹²³⁴-⁹]{1,3})|<sup>(\d{1,3})</sup>)")
_AWAITED = re.compile(r"\(?(?P<n>\d{1,3})(?:[.):]|\b)\s+(?=\S)")
_AWAITED_REACH = 12
_AWAITED_SHARE = 0.6
_PLAIN = re.compile(r"(?:[-*•]\s+)?\[?(?P<n>\d{1,3})\]?(?P<stop>[.):]?)\s+(?=\S)")
_EMPTY = re.compile(r"(?:[-*•]\s+)?(?P<n>\d{1,3})[.)]?\s*$")
_BULLET = re.compile(r"[-*•]\s+")
_GROUP_NUMBER = re.compile(
    r"(?:[-*•]\s+)?(?:chapter\s+)?(?:\d{1,2}|[IVXLC]+)[.:)]?\s+", re.IGNORECASE
)
# A lost number or two between notes happens; a year or a page number is further off.
_NUMBER_GAP = 4
_INDENTS = ("    ", "\t")
# A lone bullet is what is left of a rule that was taken for the first item of a list.
_ABOVE_NOTES = frozenset({"rule", "sign without text"})


def find_notes(drafts: list[Draft], contents: Contents, source: str) -> None:
    """Mark every note, its number and its run; merge what goes on overleaf into its note.

    Args:
        drafts: In file order, furniture and special sections marked; changed in place.
        contents: The table of contents, to know a chapter's heading among the endnotes.
        source: The file.
    """
    _read_endnotes(drafts, contents)
    part_bracketed_notes(drafts)
    _read_labelled_notes(drafts, source)
    _read_starred_notes(drafts)
    _read_notes_below_rules(drafts)
    if not any(draft.kind is Kind.NOTE for draft in drafts):
        _read_awaited_notes(drafts)
    _merge_continuations(drafts)
    following = _numbers_below(drafts)
    drafts[:] = [
        part for draft in drafts for part in _split_shared_line(draft, following.get(draft.start))
    ]
    _infer_lost_numbers(drafts)
    _number_runs(drafts)


def _cut_opener(draft: Draft, length: int) -> None:
    start, end = draft.spans[0]
    rest = draft.text[length:]
    shift = length + len(rest) - len(rest.lstrip())
    draft.spans[0] = Span(min(start + shift, end), end)
    draft.text = draft.text[shift:]


def _make_note(draft: Draft, number: str | None, opener: int) -> None:
    draft.kind, draft.number, draft.level = Kind.NOTE, number, 0
    _cut_opener(draft, opener)


def _read_endnotes(drafts: Sequence[Draft], contents: Contents) -> None:
    """Read the sections headed 'Notes', where numbering restarts with each chapter."""
    last = 0
    for i, draft in enumerate(drafts):
        if draft.kind is not Kind.NOTE or draft.dropped or draft.number:
            last = 0 if draft.level else last
            continue
        if _is_group_heading(drafts, i, contents):
            draft.kind, draft.level, last = Kind.HEADING, draft.level or 3, 0
            continue
        if labelled := _match_label(draft.text, _LABELLED):
            label = labelled.group("n").translate(_SUPERSCRIPTS)
            _make_note(draft, label, labelled.end())
            last = _as_number(label) or last
            continue
        match = _EMPTY.fullmatch(draft.text) or _PLAIN.match(draft.text)
        number = int(match.group("n")) if match else 0
        if match and (number == 1 or last < number <= last + _NUMBER_GAP):
            alone = match.re is _EMPTY
            if not alone or _take_text_from_above(drafts, i):
                _make_note(draft, str(number), 0 if alone else match.end())
                last = number
        elif bullet := _BULLET.match(draft.text):
            _make_note(draft, None, bullet.end())
            last += 1
        else:
            draft.number = "…"


def _take_text_from_above(drafts: Sequence[Draft], i: int) -> bool:
    """Give a number that stands alone the last sentence of the note before, where it slipped to."""
    draft = drafts[i]
    above = next((d for d in upwards(drafts, i) if d.kind is Kind.NOTE and not d.dropped), None)
    sentences = split_sentences(above.text) if above is not None else []
    if above is None or len(sentences) < 2:
        draft.dropped = "a note number without a note"
        return False
    start, end = above.spans[0]
    draft.spans = [Span(start + sentences[-1].start, end)]
    draft.text = above.text[sentences[-1].start :]
    draft.listed = False
    above.spans[0] = Span(start, start + sentences[-2].end)
    above.text = above.text[: sentences[-2].end]
    return True


def _is_group_heading(drafts: Sequence[Draft], i: int, contents: Contents) -> bool:
    draft = drafts[i]
    if draft.level:
        return True
    if len(draft.text) > 100:
        return False
    title = _GROUP_NUMBER.sub("", draft.text)
    letters = [c for c in title if c.isalpha()]
    shouted = len(letters) > 3 and title.isupper()
    titled = contents.match(title) is not None
    following = next((d for d in downwards(drafts, i) if not d.dropped), None)
    restarts = following is not None and bool(re.match(r"\W*1\b", following.text))
    return (shouted or titled) and (restarts or titled)


def _read_labelled_notes(drafts: Sequence[Draft], source: str) -> None:
    """Read notes that open as no sentence does: ``<sup>3</sup>``, ``[^3]:``, ``[3]``."""
    in_definition = False
    spelt = spells_out_notes(source)
    waiting: set[str] = set()
    for draft in drafts:
        if spelt:
            # There a number in brackets opens a note only where one is waited for.
            waiting |= set(_BRACKET_MARK.findall(draft.text)) if draft.is_text else set()
            waiting.discard(draft.number or "")
        if draft.dropped or draft.kind is not Kind.BODY or draft.level:
            continue
        if in_definition and source[max(0, draft.start - 4) : draft.start].endswith(_INDENTS):
            # In Markdown what is indented below a note's definition goes on with it.
            draft.kind, draft.number = Kind.NOTE, "…"
            continue
        in_definition = draft.text.startswith("[^")
        match = _match_label(draft.text, _LABELLED)
        if match and match.re is _BRACKETED and spelt and match.group("n") not in waiting:
            continue
        if match:
            waiting.discard(match.group("n"))
            _make_note(draft, match.group("n").translate(_SUPERSCRIPTS), match.end())


def _match_label(text: str, openers: Sequence[re.Pattern[str]]) -> re.Match[str] | None:
    return next((match for opener in openers if (match := opener.match(text))), None)


def _read_starred_notes(drafts: Sequence[Draft]) -> None:
    """Read notes that open with a star or a dagger that stands as a mark a little above."""
    recent: list[set[str]] = []
    for draft in drafts:
        if not draft.is_text:
            continue
        match = _STARRED.match(draft.text)
        if match and any(match.group("n") in signs for signs in recent[-_STAR_REACH:]):
            _make_note(draft, match.group("n"), match.end())
            continue
        recent.append(set(_STAR_MARK.findall(draft.text)))


def _read_notes_below_rules(drafts: Sequence[Draft]) -> None:
    last = 0
    for i, draft in enumerate(drafts):
        if draft.dropped in _ABOVE_NOTES:
            last = _read_page_foot(drafts, i + 1, last)


def _read_awaited_notes(drafts: Sequence[Draft]) -> None:
    """Read plain numbered lines as notes where raised marks a little above await just those.

    Nothing else tells such a note from an item of a list, so it takes most marks of a book to
    find theirs before any is believed.
    """
    waiting: deque[tuple[int, str]] = deque()
    found: list[tuple[Draft, re.Match[str]]] = []
    marks = 0
    for i, draft in enumerate(drafts):
        if not draft.is_text:
            continue
        while waiting and waiting[0][0] < i - _AWAITED_REACH:
            waiting.popleft()
        match = _AWAITED.match(draft.text)
        if match and waiting and match.group("n") == waiting[0][1]:
            waiting.popleft()
            found.append((draft, match))
            continue
        for mark in _RAISED_MARK.finditer(draft.text):
            waiting.append((i, (mark[1] or mark[2]).translate(_SUPERSCRIPTS)))
            marks += 1
    if len(found) > _AWAITED_SHARE * marks:
        for draft, match in found:
            _make_note(draft, match.group("n"), match.end())


def _read_page_foot(drafts: Sequence[Draft], start: int, last: int) -> int:
    """Read the numbered lines below one rule, and what goes on there from the page before.

    Returns:
        The last number read, or ``last`` where the rule was a mere ornament.
    """
    found: list[tuple[Draft, re.Match[str] | None]] = []
    for i in range(start, len(drafts)):
        draft = drafts[i]
        if draft.dropped:
            if draft.dropped in _ABOVE_NOTES:
                break
            continue
        match = _PLAIN.match(draft.text)
        number = int(match.group("n")) if match else 0
        if match and _goes_on_from(last, number):
            found.append((draft, match))
            last = number
        elif not found and _may_continue_note(drafts, i, last):
            found.append((draft, None))
        else:
            break
    if len(found) == 1 and found[0][1] is None and not _last_note_is_open(drafts, start):
        found.pop()
    for draft, match in found:
        if match:
            _make_note(draft, match.group("n"), match.end())
        else:
            draft.kind, draft.number = Kind.NOTE, "…"
    return last


def _goes_on_from(last: int, number: int) -> bool:
    """Whether a number may follow another: the next ones, a new start, or any as the very first."""
    return last == 0 or last < number <= last + _NUMBER_GAP or (number == 1 and last != 1)


def _may_continue_note(drafts: Sequence[Draft], i: int, last: int) -> bool:
    """Whether the first line below a rule, with no number, goes on with an earlier note."""
    if not drafts[i].is_text or is_titled(drafts[i].text):
        return False
    following = next((d for d in downwards(drafts, i) if not d.dropped), None)
    match = _PLAIN.match(following.text) if following else None
    numbered = match is not None and last < int(match.group("n")) <= last + _NUMBER_GAP
    return numbered or _last_note_is_open(drafts, i)


def _last_note_is_open(drafts: Sequence[Draft], i: int) -> bool:
    note = next((d for d in upwards(drafts, i) if d.kind is Kind.NOTE and not d.dropped), None)
    return note is not None and is_open(note.text)


def _merge_continuations(drafts: list[Draft]) -> None:
    kept: list[Draft] = []
    note: Draft | None = None
    for draft in drafts:
        if draft.kind is Kind.NOTE and draft.number == "…" and not draft.dropped:
            if note is not None:
                note.spans.extend(draft.spans)
                note.joins.extend([False, *draft.joins])
                note.text = f"{note.text} {draft.text}"
                continue
            draft.number = None
        if draft.kind is Kind.NOTE and not draft.dropped:
            note = draft
        kept.append(draft)
    drafts[:] = kept


def _numbers_below(drafts: Sequence[Draft]) -> dict[int, int | None]:
    """Give the number of the note below each note, by where the upper one starts."""
    notes = [d for d in drafts if d.kind is Kind.NOTE and not d.dropped]
    return {upper.start: _as_number(lower.number) for upper, lower in pairwise(notes)}


def _split_shared_line(draft: Draft, following: int | None) -> Iterator[Draft]:
    """Part two notes that were printed on one line, where the number between is missing below."""
    while draft.kind is Kind.NOTE and (draft.number or "").isdecimal() and len(draft.spans) == 1:
        number = int(draft.number or 0) + 1
        match = re.search(rf"(?<=[.,;)\]\w])\s+({number})\.\s+(?=[A-Z'\"‘“*(])", draft.text)
        if match is None or following == number:
            break
        start, end = draft.spans[0]
        rest = Draft([Span(start + match.end(), end)], draft.text[match.end() :], kind=Kind.NOTE)
        rest.number, rest.listed = str(number), draft.listed
        draft.spans[0] = Span(start, start + match.start())
        draft.text = draft.text[: match.start()]
        yield draft
        draft = rest
    yield draft


def _infer_lost_numbers(drafts: Sequence[Draft]) -> None:
    """Give a note without a number the one that is missing between its neighbours."""
    last = 0
    below = _numbers_below(drafts)
    for draft in drafts:
        if draft.kind is Kind.HEADING:
            last = 0
        if draft.kind is not Kind.NOTE or draft.dropped or draft.level:
            continue
        if draft.number is None:
            following = below.get(draft.start)
            if following is None or following == 1 or following > last + 1:
                draft.number = str(last + 1)
        if (draft.number or "").isdecimal():
            last = int(draft.number or 0)


def _number_runs(drafts: Sequence[Draft]) -> None:
    """Number the runs of notes: a new one starts where a heading stands or numbering restarts."""
    run, last = 0, 0
    for draft in drafts:
        if draft.dropped or draft.kind not in (Kind.NOTE, Kind.HEADING):
            continue
        if draft.kind is Kind.HEADING:
            run, last = run + (last > 0), 0
            continue
        number = _as_number(draft.number) or last
        if number < last:
            run += 1
        draft.group, last = run, number


def _as_number(label: str | None) -> int | None:
    return int(label) if label and label.isdecimal() else None
