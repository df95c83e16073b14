"""The command ``ibid``: its group of commands, and what every command does about errors.

The commands themselves stand in ``service.commands``. Nothing heavy is imported here, so that
``ibid --help`` answers at once.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from service.commands import accounting, asking, conversing, reading, serving
from service.commands.group import CommandGroup
from service.control_characters import one_line
from service.logs import configure
from service.settings import Settings
from service.version import version

logger = logging.getLogger(__name__)

INTERRUPTED = 130
"""What a shell reports for a program that Ctrl-C ended: 128 and the signal's number."""
FAILED = 1
MISUSED = 2

app = typer.Typer(
    cls=CommandGroup,
    name="ibid",
    help="Answers over a library of scholarly documents, in verified quotations.",
    invoke_without_command=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

COMMANDS = (
    reading.index,
    asking.ask,
    conversing.chat,
    asking.search,
    reading.notes,
    reading.documents,
    reading.remove,
    reading.status,
    accounting.account,
    serving.serve,
    serving.key,
    conversing.mcp,
)

for command in COMMANDS:
    app.command()(command)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"ibid {version()}")
        raise typer.Exit


@app.callback()
def prepare(
    context: typer.Context,
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Read the settings and set up logging, once, before any command."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(MISUSED)
    settings = Settings.from_environ(os.environ)
    configure(
        level=settings.log_level,
        form=settings.log_format,
        with_questions=settings.log_questions,
    )
    context.obj = settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        arguments: What stands behind ``ibid``; by default what the shell gave.

    Returns:
        The exit code: 0 done, 1 failed, 2 misused, 130 interrupted.
    """
    for stream in (sys.stdout, sys.stderr):
        _never_fail_to_encode(stream)
    try:
        code = app(args=arguments, prog_name="ibid", standalone_mode=False)
        sys.stdout.flush()
    except BrokenPipeError:
        _stop_writing()
        return FAILED
    except (typer.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except typer.TyperException as error:
        return _refuse(error)
    except Exception as error:
        logger.debug("the command failed", exc_info=True)
        return _fail(error)
    return code if isinstance(code, int) else 0


def _refuse(error: typer.TyperException) -> int:
    """Tell of a command line that cannot be understood, and of where the help is."""
    message = one_line(error.format_message())
    context = getattr(error, "ctx", None)
    # A group called without a command prints its help, and has nothing to say beside it.
    if message and context is not None:
        message = f"{message.rstrip('.')}; see '{context.command_path} --help'"
    if message:
        typer.echo(f"error: {message}", err=True)
    return error.exit_code


def _fail(error: Exception) -> int:
    # Only now: the table's classes come from packages that a successful command may not need.
    from service.problems import EXIT_CODES, look_up, told

    typer.echo(f"error: {one_line(told(error))}", err=True)
    return look_up(EXIT_CODES, error)


def _never_fail_to_encode(stream: object) -> None:
    """Have a terminal without Unicode show question marks, rather than end the command."""
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="replace")


def _stop_writing() -> None:
    """Send what is still buffered nowhere: the reader has gone."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
