"""Opens chapters whose headings the scan has lost, where the notes are numbered anew."""

from __future__ import annotations

from collections.abc import Sequence

from corpus.contents import heading_key
from corpus.document import Kind
from corpus.layout import Draft
from corpus.pairing import Pairing


def infer_chapters(drafts: Sequence[Draft], pairing: Pairing) -> None:
    """Open a chapter whose heading the scan has lost where its notes begin to be numbered anew.

    Args:
        drafts: In file order, with the headings that each stands under; changed in place.
        pairing: Marks and notes joined, each note with the run it belongs to.
    """
    titles = _group_titles(drafts)
    starts: dict[int, int] = {}
    for candidate, note in pairing.joined():
        starts.setdefault(pairing.notes[note].group, candidate.draft)
    body = [d for d in drafts if d.kind not in (Kind.NOTE, Kind.HEADING) and not d.dropped]
    known = {heading_key(title) for draft in body for title in draft.path}
    for group, first in starts.items():
        title, before = titles.get(group), titles.get(group - 1)
        if title and before and heading_key(title) not in known:
            later = [start for start in starts.values() if start > first]
            stop = min(later, default=len(drafts))
            _put_under(drafts[first:stop], title, instead_of=before)


def _group_titles(drafts: Sequence[Draft]) -> dict[int, str]:
    titles: dict[int, str] = {}
    heading = None
    for draft in drafts:
        if draft.kind is Kind.HEADING and not draft.dropped:
            heading = draft.path[-1] if draft.path else draft.text
        elif draft.kind is Kind.NOTE and heading is not None and not draft.dropped:
            titles.setdefault(draft.group, heading)
    return titles


def _put_under(drafts: Sequence[Draft], title: str, *, instead_of: str) -> None:
    """Put drafts under a chapter in place of the one before, whose sub-headings end with it."""
    opening = drafts[0].path
    for draft in drafts:
        keys = [heading_key(heading) for heading in draft.path]
        if draft.kind is Kind.NOTE or heading_key(instead_of) not in keys:
            continue
        depth = keys.index(heading_key(instead_of))
        below = () if draft.path == opening else draft.path[depth + 1 :]
        draft.path = (*draft.path[:depth], title, *below)
