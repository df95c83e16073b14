"""What the reader found in documents, and what it did not understand, at a glance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from corpus.account import FINDABLE, Account, Fate, add_accounts
from corpus.figures import Figures, add_figures
from service.control_characters import clean

if TYPE_CHECKING:
    from rich.console import Console

LONGEST_NAME = 17
"""Columns for a file's name, which is cut in its middle: both of its ends tell it from others."""
READING_COLUMNS = ("sections", "notes", "marks", "joined", "recovered", "lost", "mended", "dropped")
READING_LEGEND = (
    "joined: marks with their note; recovered: those of them whose number was damaged; lost: marks "
    "and notes without a partner; mended: sentences that a page break had cut; dropped: lines that "
    "are no text"
)
ACCOUNT_COLUMNS = tuple("length body notes other signs space dropped unknown found".split())
ACCOUNT_LEGEND = (
    "length: characters of the file, and behind it what became of them, in per cent; other: "
    "headings, captions, front matter, bibliography, index, tables; signs: note marks, emphasis, "
    "tags; dropped: running heads and lines that are no text; found: of the letters of words, "
    "those kept where a search comes upon them"
)


def reading_table(documents: Mapping[str, Figures]) -> Table:
    """Lay out what was found in each document, by its file's name, and in all of them."""
    table = _table(READING_COLUMNS)
    for name, figures in documents.items():
        table.add_row(_short(name), *_counts(figures))
    if len(documents) > 1:
        table.add_row("in all", *_counts(add_figures(documents.values())), style="bold")
    return table


def account_table(accounts: Mapping[str, Account]) -> Table:
    """Lay out what became of every character of each file, and of all of them."""
    table = _table(ACCOUNT_COLUMNS)
    for name, account in accounts.items():
        table.add_row(_short(name), *_shares(account))
    if len(accounts) > 1:
        table.add_row("in all", *_shares(add_accounts(accounts.values())), style="bold")
    return table


def remarks(figures: Figures) -> Iterator[str]:
    """Say in words what was not understood, and what was left out and why."""
    lost = [
        (figures.notes_unmatched, "note", "without a mark"),
        (figures.marks_unmatched, "mark", "without a note"),
    ]
    told = [f"{counted(n, noun)} {rest}" for n, noun, rest in lost if n]
    if said := ", ".join([*told, *figures.warnings]):
        yield f"not understood: {said}"
    if said := ", ".join(f"{reason} ({n:,})" for reason, n in figures.dropped.items()):
        yield f"left out: {said}"


def print_remarks(console: Console, documents: Mapping[str, Figures]) -> None:
    """Print what there is to say of each document in words; nothing where all was understood."""
    for name, figures in documents.items():
        said = "; ".join(remarks(figures))
        if said:
            console.print(Text(f"{clean(name)}: {said}"), soft_wrap=True)


def counted(count: int, noun: str) -> str:
    """Give a number with its noun in the number that it has."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _table(columns: Sequence[str]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column("document", no_wrap=True)
    for column in columns:
        table.add_column(column, justify="right", no_wrap=True)
    return table


def _short(name: str) -> Text:
    name = clean(name)
    if len(name) > LONGEST_NAME:
        head = LONGEST_NAME // 3
        name = f"{name[:head]}…{name[head + 1 - LONGEST_NAME :]}"
    return Text(name)


def _counts(figures: Figures) -> Iterator[str]:
    for count in (
        figures.sections,
        figures.notes,
        figures.marks,
        figures.marks_joined,
        figures.marks_recovered,
        figures.marks_unmatched + figures.notes_unmatched,
        figures.joined_sentences,
        sum(figures.dropped.values()),
    ):
        yield f"{count:,}"


def _shares(account: Account) -> Iterator[str]:
    dropped = (Fate.FURNITURE, Fate.REPEATED)
    other = FINDABLE - {Fate.BODY, Fate.NOTE, *dropped}
    groups = ((Fate.BODY,), (Fate.NOTE,), other, (Fate.SIGN,), (Fate.SPACE,), dropped)
    yield f"{account.total:,}"
    for group in (*groups, (Fate.UNKNOWN,)):
        yield f"{100 * sum(account.share(fate) for fate in group):.1f}"
    yield f"{100 * account.findable:.2f}"
