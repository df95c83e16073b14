"""Options that several commands share, and how they become the library's own values."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a question is confined to, as the options say it."""

    author: AuthorOption = None
    document: DocumentOption = None
    year_from: YearFromOption = None
    year_to: YearToOption = None

    def filters(self) -> Filters:
        """Give the same as the assistant's own value."""
        # Only now: it belongs to a package that a command's help does not need.
        from rag.answer import Filters

        return Filters(
            author=tuple(self.author or ()),
            document=tuple(self.document or ()),
            year_from=self.year_from,
            year_to=self.year_to,
        )


def bounded(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command an option for each of the ``Bounds``, which it takes as ``bounds``.

    Typer reads a command's options from its signature, so each has to stand in it.
    """
    kinds = inspect.get_annotations(Bounds, eval_str=True)
    options = [
        inspect.Parameter(
            field.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=field.default,
            annotation=kinds[field.name],
        )
        for field in fields(Bounds)
    ]
    signature = inspect.signature(command, eval_str=True)
    own = [given for given in signature.parameters.values() if given.name != "bounds"]

    @functools.wraps(command)
    def confined(**given: Any) -> None:  # noqa: ANN401 - whatever the command takes
        bounds = Bounds(**{field.name: given.pop(field.name) for field in fields(Bounds)})
        command(**given, bounds=bounds)

    shown = signature.replace(parameters=[*own, *options])
    confined.__signature__ = shown  # type: ignore[attr-defined]
    confined.__annotations__ = {name: given.annotation for name, given in shown.parameters.items()}
    return confined
