"""``ibid account``: what the reader made of every character and every note of a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.commands.options import JsonOption

if TYPE_CHECKING:
    from collections.abc import Mapping

    from corpus.account import Account
    from corpus.figures import Figures


def account(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH", help="Files or folders of books.")],
    as_json: JsonOption = False,
) -> None:
    """Show what became of every character and note of files."""
    from corpus.account import account_for
    from corpus.figures import figures_of
    from corpus.reading import find_files, read_file

    accounts, figures = {}, {}
    for path in find_files(paths):
        document = read_file(path)
        # Two files may share a name; each is to have its own row.
        name = path.name if path.name not in accounts else str(path)
        accounts[name], figures[name] = account_for(document), figures_of(document)
    if as_json:
        _print_json(accounts, figures)
    else:
        _print_tables(accounts, figures)


def _print_tables(accounts: Mapping[str, Account], figures: Mapping[str, Figures]) -> None:
    from rich.text import Text

    from service.printing import result_console
    from service.reading_report import (
        ACCOUNT_LEGEND,
        READING_LEGEND,
        account_table,
        print_remarks,
        reading_table,
    )
    from service.terminal import FAINT, Paper

    console = result_console()
    console.print(account_table(accounts))
    Paper(console).write(Text(ACCOUNT_LEGEND, style=FAINT))
    console.print()
    console.print(reading_table(figures))
    Paper(console).write(Text(READING_LEGEND, style=FAINT))
    console.print()
    print_remarks(console, figures)


def _print_json(accounts: Mapping[str, Account], figures: Mapping[str, Figures]) -> None:
    from corpus.account import add_accounts
    from corpus.figures import add_figures
    from service.document_schemas import AccountsBody, account_body
    from service.printing import print_json

    print_json(
        AccountsBody(
            documents=[account_body(name, accounts[name], figures[name]) for name in accounts],
            total=account_body("", add_accounts(accounts.values()), add_figures(figures.values())),
        )
    )
