"""Put a result on standard output: as the body of the HTTP interface, or as text for a person."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer
from rich.console import Console

from service.control_characters import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import BaseModel

    from index.build import BuildReport, DocumentOutcome
    from index.document_tables import DocumentSummary
    from index.generation import StoreStatus
    from index.stored_document import StoredDocument
    from rag.answer import Answer, SearchResult

INDENT = 2


def result_console() -> Console:
    """Give the console of standard output; text from books is never read as markup."""
    return Console(file=sys.stdout, markup=False, highlight=False, emoji=False)


def progress_console() -> Console:
    """Give the console of standard error."""
    return Console(file=sys.stderr, markup=False, highlight=False, emoji=False)


def print_json(body: BaseModel) -> None:
    """Print a body in UTF-8: indented for a person at a terminal, else as it goes over HTTP."""
    indent = INDENT if sys.stdout.isatty() else None
    # As bytes, because the terminal's own encoding may lack letters of the book.
    typer.echo(body.model_dump_json(indent=indent).encode())


def print_answer(answer: Answer, *, as_json: bool) -> None:
    """Print an answer, or the body of ``POST /v1/ask``."""
    if as_json:
        from service.schemas import answer_body

        print_json(answer_body(answer))
    else:
        from service.terminal import show_answer

        show_answer(result_console(), answer)


def print_passages(result: SearchResult, *, as_json: bool) -> None:
    """Print the passages that were found, or the body of ``POST /v1/search``."""
    if as_json:
        from service.schemas import search_body

        print_json(search_body(result))
    else:
        from service.terminal import show_passages

        show_passages(result_console(), result)


def print_documents(summaries: Sequence[DocumentSummary], *, as_json: bool) -> None:
    """Print the documents, or the body of ``GET /v1/documents``."""
    if as_json:
        from service.document_schemas import DocumentsBody, document_body

        print_json(DocumentsBody(documents=[document_body(summary) for summary in summaries]))
    else:
        from service.listings import show_documents

        show_documents(result_console(), summaries)


def print_notes(document: StoredDocument, *, as_json: bool) -> None:
    """Print a document's notes, or the body of ``GET /v1/documents/{id}/notes``."""
    if as_json:
        from service.document_schemas import notes_body

        print_json(notes_body(document))
    else:
        from service.listings import show_notes

        show_notes(result_console(), document)


def print_status(status: StoreStatus, *, as_json: bool) -> None:
    """Print what the index holds and how it was built."""
    if as_json:
        from service.document_schemas import status_body

        print_json(status_body(status))
    else:
        from service.listings import show_status

        show_status(result_console(), status)


def print_build(report: BuildReport) -> None:
    """Print what a build did: on standard error what was skipped, then the reading report."""
    from rich.text import Text

    from service.listings import build_summary
    from service.reading_report import READING_LEGEND, print_remarks, reading_table
    from service.terminal import FAINT, Paper

    for outcome in report.outcomes:
        if outcome.action == "skipped":
            typer.echo(f"skipped {one_line(_named(outcome))}", err=True)
    console = result_console()
    done = [o.summary for o in report.outcomes if o.summary and o.action != "skipped"]
    read = {summary.file: summary.figures for summary in done}
    if read and not report.unchanged:
        console.print(reading_table(read))
        Paper(console).write(Text(READING_LEGEND, style=FAINT))
        console.print()
        print_remarks(console, read)
        console.print()
    console.print(build_summary(report), soft_wrap=True)


def _named(outcome: DocumentOutcome) -> str:
    """Give the reason for an outcome, with the file's name where the reason lacks it."""
    named = str(outcome.path) in outcome.reason
    return outcome.reason if named else f"{outcome.file}: {outcome.reason}"


def print_removal(report: BuildReport) -> None:
    """Print what was removed and what is left."""
    from service.listings import build_summary

    result_console().print(build_summary(report), soft_wrap=True)
