"""``ibid serve``."""

from __future__ import annotations

from typing import Annotated

import typer

from service.commands.options import StoreOption, settings_of, store_of
from service.settings import DEFAULTS, HIGHEST_PORT


def serve(
    context: typer.Context,
    store: StoreOption = None,
    host: Annotated[
        str | None,
        typer.Option(
            "--host",
            metavar="HOST",
            help="Address to listen on.",
            show_default=f"{DEFAULTS.host}, or $IBID_HOST",
        ),
    ] = None,
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
) -> None:
    """Answer over HTTP until stopped with Ctrl-C."""
    from dataclasses import replace

    from service.server import run

    settings = settings_of(context)
    run(
        replace(
            settings,
            store=store_of(context, store),
            host=settings.host if host is None else host,
            port=settings.port if port is None else port,
        )
    )
