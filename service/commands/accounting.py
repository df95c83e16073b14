"""``ibid account``: what the reader made of every character of a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.table import Table

    from corpus.account import Account


def account(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH", help="Files or folders of .txt and .md.")
    ],
) -> None:
    """Show what became of every character of files, without an index."""
    from corpus.account import account_for
    from corpus.reading import find_files, read_file
    from service.printing import result_console

    table = _table()
    for path in find_files(paths):
        _add_row(table, path.name, account_for(read_file(path)))
    result_console().print(table)


def _table() -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("file", overflow="fold")
    for column in ("body", "note", "heading", "caption", "other", "furniture", "signs", "space"):
        table.add_column(column, justify="right")
    table.add_column("unknown", justify="right")
    table.add_column("letters findable", justify="right")
    return table


def _add_row(table: Table, name: str, account: Account) -> None:
    from corpus.account import FINDABLE, Fate
    from service.control_characters import clean

    named = (Fate.BODY, Fate.NOTE, Fate.HEADING, Fate.CAPTION)
    shares = [account.share(fate) for fate in named]
    shares.append(sum(account.share(fate) for fate in FINDABLE if fate not in named))
    shares += [
        account.share(fate) for fate in (Fate.FURNITURE, Fate.SIGN, Fate.SPACE, Fate.UNKNOWN)
    ]
    table.add_row(clean(name), *(f"{share:.2%}" for share in shares), f"{account.findable:.2%}")
