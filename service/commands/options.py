"""Options that several commands share, and how they become the library's own values."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.settings import DEFAULTS, Settings

if TYPE_CHECKING:
    from rag.answer import Filters

StoreOption = Annotated[
    Path | None,
    typer.Option(
        "--store",
        metavar="DIR",
        help="Folder of the index.",
        show_default=f"{DEFAULTS.store}, or $IBID_STORE",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON in place of text.")]
AuthorOption = Annotated[
    list[str] | None,
    typer.Option("--author", metavar="NAME", help="Only this author; may be given again."),
]
DocumentOption = Annotated[
    list[str] | None,
    typer.Option(
        "--document", metavar="DOCUMENT", help="Only this file name or id; may be given again."
    ),
]
YearFromOption = Annotated[
    int | None, typer.Option("--year-from", metavar="YEAR", help="Only from this year on.")
]
YearToOption = Annotated[
    int | None, typer.Option("--year-to", metavar="YEAR", help="Only up to this year.")
]
HostOption = Annotated[
    str | None,
    typer.Option(
        "--host",
        metavar="HOST",
        help="Address to listen on.",
        show_default=f"{DEFAULTS.host}, or $IBID_HOST",
    ),
]
WithoutKeysOption = Annotated[
    bool, typer.Option("--without-keys", help="Answer anyone who can reach it.")
]
DocumentArgument = Annotated[
    str, typer.Argument(metavar="DOCUMENT", help="A document's file name or id.")
]


def settings_of(context: typer.Context) -> Settings:
    """Give the settings that the group read before the command."""
    settings = context.obj
    assert isinstance(settings, Settings)
    return settings


def store_of(context: typer.Context, store: Path | None) -> Path:
    """Give the folder of the index: the option, else the setting."""
    return store or settings_of(context).store


def listening(
    context: typer.Context,
    store: Path | None,
    host: str | None,
    port: int | None,
    *,
    without_keys: bool,
) -> Settings:
    """Give the settings of a server: the options where they are given, else as they were."""
    settings = settings_of(context)
    return replace(
        settings,
        store=store_of(context, store),
        host=settings.host if host is None else host,
        port=settings.port if port is None else port,
        without_keys=settings.without_keys or without_keys,
    )


def filters_of(
    author: list[str] | None,
    document: list[str] | None,
    year_from: int | None,
    year_to: int | None,
) -> Filters:
    """Put the options that confine a search together."""
    from rag.answer import Filters

    return Filters(
        author=tuple(author or ()),
        document=tuple(document or ()),
        year_from=year_from,
        year_to=year_to,
    )
