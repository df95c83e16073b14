"""``ibid serve`` and ``ibid key``."""

from __future__ import annotations

from typing import Annotated

import typer

from service.commands.options import (
    HostOption,
    StoreOption,
    WithoutKeysOption,
    listening,
    settings_of,
)
from service.settings import DEFAULTS, HIGHEST_PORT


def serve(
    context: typer.Context,
    store: StoreOption = None,
    host: HostOption = None,
    port: Annotated[
        int | None,
        typer.Option(
            "--port",
            metavar="PORT",
            min=0,
            max=HIGHEST_PORT,
            help="Port to listen on; 0 takes a free one.",
            show_default=f"{DEFAULTS.port}, or $IBID_PORT",
        ),
    ] = None,
    without_keys: WithoutKeysOption = False,
) -> None:
    """Answer over HTTP until stopped with Ctrl-C."""
    from service.server import run

    run(listening(context, store, host, port, without_keys=without_keys))


def key(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Whose key it is, for the log.")],
) -> None:
    """Make an API key; from then on the server asks for one."""
    from service.keys import add_key

    path = settings_of(context).keys
    made = add_key(path, name)
    typer.echo(f"Its digest is in {path}; the key itself is shown only now:", err=True)
    typer.echo(made)
