"""The group of commands, which knows some by name only and loads them when they are called.

Those belong to packages that the service must not import: each is an entry point of the group
``ibid.commands``, a typer application or a function.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import typer
from typer.core import TyperCommand, TyperGroup

from service.errors import CommandMissing

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from typer._click import Command, Context

ENTRY_POINTS = "ibid.commands"

ELSEWHERE: Mapping[str, str] = {
    "bench": "Measure how fast it answers, starts and indexes.",
    "eval": "Measure the answers on cases with known facts.",
    "tune": "Adapt the embedding model to questions with known answers.",
}
"""Commands of other packages, with the line that stands for each in the list of commands."""


class CommandGroup(TyperGroup):
    """The group behind ``ibid``."""

    def list_commands(self, ctx: Context) -> list[str]:
        """Name the group's own commands, then those from elsewhere."""
        return [*super().list_commands(ctx), *ELSEWHERE]

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        """Give a command; for one from elsewhere, what is known of it without importing it."""
        if cmd_name in ELSEWHERE:
            return TyperCommand(cmd_name, help=ELSEWHERE[cmd_name], rich_markup_mode=None)
        return super().get_command(ctx, cmd_name)

    def resolve_command(
        self, ctx: Context, args: list[str]
    ) -> tuple[str | None, Command | None, list[str]]:
        """Find the command that is called, and only now load one from elsewhere."""
        name, command, rest = super().resolve_command(ctx, args)
        if name is not None and name in ELSEWHERE:
            command = load_command(name)
        return name, command, rest


def load_command(name: str) -> Command:
    """Import a command that another package holds.

    Raises:
        CommandMissing: If no installed package holds it.
    """
    # Searching the installation takes longer than all the rest of a start.
    from importlib.metadata import entry_points

    found = entry_points(group=ENTRY_POINTS, name=name)
    if not found:
        raise CommandMissing(
            f"found no package with the command {name!r}, expected the entry point {name!r} in the "
            f"group {ENTRY_POINTS!r}; install Ibid with 'pip install .' and run it again"
        )
    return _command(next(iter(found)))


def _command(entry_point: EntryPoint) -> Command:
    held = entry_point.load()
    if not isinstance(held, typer.Typer):
        function, held = held, typer.Typer(add_completion=False, rich_markup_mode=None)
        held.command()(function)
    command = typer.main.get_command(held)
    command.name = entry_point.name
    return command
