"""``ibid ask`` and ``ibid search``."""

from __future__ import annotations

from typing import Annotated

import typer

from service.commands.options import Bounds, JsonOption, StoreOption, bounded, store_of


@bounded
def ask(
    context: typer.Context,
    question: Annotated[str, typer.Argument(metavar="QUESTION", help="What you want to know.")],
    bounds: Bounds,
    store: StoreOption = None,
    as_json: JsonOption = False,
    limit: Annotated[
        int, typer.Option("--limit", min=1, max=20, metavar="N", help="Quotations at most.")
    ] = 3,
) -> None:
    """Answer a question in verified quotations, or abstain."""
    from rag.assistant import Assistant
    from service import printing

    with Assistant.open(store_of(context, store)) as assistant:
        answer = assistant.ask(question, filters=bounds.filters(), limit=limit)
    printing.print_answer(answer, as_json=as_json)


@bounded
def search(
    context: typer.Context,
    query: Annotated[str, typer.Argument(metavar="QUERY", help="What to look for.")],
    bounds: Bounds,
    store: StoreOption = None,
    as_json: JsonOption = False,
    limit: Annotated[
        int, typer.Option("--limit", min=1, max=100, metavar="N", help="Passages at most.")
    ] = 10,
) -> None:
    """Find passages, best first, without an answer."""
    from rag.assistant import Assistant
    from service import printing

    with Assistant.open(store_of(context, store)) as assistant:
        result = assistant.search(query, filters=bounds.filters(), limit=limit)
    printing.print_passages(result, as_json=as_json)
