"""``ibid chat``: a conversation in the terminal, and ``ibid mcp``: tools for other assistants."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from service.commands.options import (
    HostOption,
    StoreOption,
    WithoutKeysOption,
    listening,
    store_of,
)
from service.settings import DEFAULTS, HIGHEST_PORT


def chat(context: typer.Context, store: StoreOption = None) -> None:
    """Hold a conversation: ask, and ask on from there."""
    from rag.assistant import Assistant
    from service.conversation import Conversation
    from service.printing import result_console

    with Assistant.open(store_of(context, store)) as assistant:
        conversation = Conversation(assistant, result_console())
        conversation.hold(sys.stdin, interactive=sys.stdin.isatty())


def mcp(
    context: typer.Context,
    store: StoreOption = None,
    http: Annotated[
        bool, typer.Option("--http", help="Listen, in place of standard input.")
    ] = False,
    host: HostOption = None,
    port: Annotated[
        int,
        typer.Option(
            "--port", metavar="PORT", min=0, max=HIGHEST_PORT, help="Port to listen on with --http."
        ),
    ] = DEFAULTS.port + 1,
    without_keys: WithoutKeysOption = False,
) -> None:
    """Give other assistants tools (Model Context Protocol)."""
    from service.tools import serve_on_standard_input, serve_over_http

    settings = listening(context, store, host, port, without_keys=without_keys)
    if http:
        serve_over_http(settings)
    else:
        serve_on_standard_input(settings.store, level=settings.log_level)
