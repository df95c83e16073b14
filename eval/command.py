"""``ibid eval``: run cases, check a file of them, help to write one."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from typer.core import TyperGroup

from eval.cases import CaseFile, load_cases
from eval.checking import check_files
from eval.circumstances import describe
from eval.comparison import broken_promises, compare
from eval.errors import CaseFileError
from eval.fitting.command import fit
from eval.folder_shelf import FolderShelf
from eval.harness import RunConfig, run_cases, sort_out
from eval.library import Library
from eval.reader.command import reader
from eval.report.changes import print_comparison
from eval.report.page import page
from eval.report.table import print_run
from eval.result import Run, load_run, to_json, without_texts
from eval.terminal import DEFAULT_STORE, STDOUT, BarOnStderr, console_of, told_in_one_line
from eval.writing import write_case

if TYPE_CHECKING:
    from rag.assistant import Assistant


class _RunsCasesByDefault(TyperGroup):
    """Takes the paths of cases where no command is named: ``ibid eval CASES`` runs them."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        if args and args[0] not in self.commands and args[0] != "--help":
            args = ["run", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=_RunsCasesByDefault,
    help="Measure the answers on cases with known facts. `ibid eval CASES...` is short for "
    "`ibid eval run CASES...`, whose --help lists the options.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    subcommand_metavar="CASES... | COMMAND [ARGS]...",
)

StoreOption = Annotated[
    Path, typer.Option("--store", envvar="IBID_STORE", help="Folder that holds the index.")
]
LibraryOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--library",
        exists=True,
        help="Where to look for source files that were moved since they were indexed. Quotations "
        "are checked against a file's bytes; where there is none, against what the index kept.",
    ),
]


@app.command()
def run(
    cases: Annotated[list[Path], typer.Argument(help="Case files, or folders with some.")],
    store: StoreOption = DEFAULT_STORE,
    library: LibraryOption = None,
    json_out: Annotated[
        Path | None,
        typer.Option("--json", help="Keep the result here, for a later --baseline; - for stdout."),
    ] = None,
    report: Annotated[Path | None, typer.Option(help="Write a page for the browser here.")] = None,
    baseline: Annotated[
        Path | None, typer.Option(help="An earlier --json to compare with.")
    ] = None,
    gate: Annotated[
        bool, typer.Option(help="With a baseline: fail when answers got worse.")
    ] = True,
    texts: Annotated[
        bool, typer.Option(help="Keep the library's words in the JSON, not scores alone.")
    ] = True,
    workers: Annotated[int, typer.Option(min=1, help="Questions under way at once.")] = 1,
) -> None:
    """Ask every case and say how good the answers were."""
    with told_in_one_line():
        files = load_cases(cases)
        before = load_run(baseline) if baseline is not None else None
        with _open(store) as assistant:
            done = _run(assistant, files, library or (), RunConfig(workers=workers))
        _write(done, json_out=json_out, report=report, texts=texts)
        console = console_of(stderr=json_out == STDOUT)
        print_run(done, console)
        if before is not None:
            _hold_against(done, before, console, gate=gate)
        if any(result.error for result in done.results):
            # A question that cannot be asked is a fault of the program, not a bad answer.
            raise typer.Exit(1)


@app.command()
def check(
    cases: Annotated[list[Path], typer.Argument(help="Case files, or folders with some.")],
    store: StoreOption = DEFAULT_STORE,
    library: Annotated[
        list[Path] | None,
        typer.Option("--library", help="Read these files or folders in place of the index."),
    ] = None,
) -> None:
    """Check case files: their form, and against the texts their facts, spans and notes."""
    with told_in_one_line():
        files = load_cases(cases)
        if library:
            _check_against(files, Library(FolderShelf(library)))
        elif store.exists():
            with _open(store) as assistant:
                _check_against(files, _library(assistant, ()))
        else:
            _notice(f"no index at {store} and no --library: the form alone was checked")
        typer.echo(f"{sum(len(file.cases) for file in files)} cases, no fault found")


def _check_against(files: Sequence[CaseFile], library: Library) -> None:
    found = check_files(files, library)
    if found:
        raise CaseFileError(found)
    skipped = sort_out([case for file in files for case in file.cases], library).skipped
    if skipped:
        _notice(f"{len(skipped)} of them ask of documents that are not there: form alone checked")


def _notice(words: str) -> None:
    typer.echo(words, err=True)


@app.command()
def new(
    cases: Annotated[Path, typer.Argument(help="The case file to add to.")],
    store: StoreOption = DEFAULT_STORE,
) -> None:
    """Write a case: type a question, see what is found, mark the evidence, give the facts."""
    with told_in_one_line(), _open(store) as assistant:
        case = write_case(cases, assistant, _library(assistant, ()), _Terminal())
        typer.echo(f"added {case.key} to {cases}")


app.command()(fit)
app.command()(reader)


@app.command()
def ablate(
    cases: Annotated[list[Path], typer.Argument(help="Case files, or folders with some.")],
    store: StoreOption = DEFAULT_STORE,
    library: LibraryOption = None,
) -> None:
    """Switch each part of the search off in turn, and say what is lost, as a Markdown table."""
    # This loads the whole index; `ibid eval --help` does not need it.
    from eval.ablation import ablate as switch_off
    from eval.ablation import as_markdown

    with told_in_one_line():
        asked = [case for file in load_cases(cases) for case in file.cases]
        with _open(store) as assistant:
            whole, ablations = switch_off(
                assistant,
                asked,
                library=_library(assistant, library or ()),
                progress=BarOnStderr(),
            )
        typer.echo(as_markdown(whole, ablations))


@app.command()
def collection(
    folder: Annotated[
        Path, typer.Argument(help="Folder with corpus.jsonl, queries.jsonl and qrels/test.tsv.")
    ],
    store: Annotated[
        Path, typer.Option("--store", help="Folder for its index, which is made if there is none.")
    ],
) -> None:
    """Search a standard test collection by words, by vectors and with all parts, and score it."""
    # This loads the whole index; `ibid eval --help` does not need it.
    from eval.collection import load_collection, open_library, score_searches

    with told_in_one_line():
        loaded = load_collection(folder)
        typer.echo(f"{len(loaded.texts)} documents, {len(loaded.queries)} queries")
        bar = BarOnStderr()
        with open_library(loaded, store, progress=bar) as assistant:
            for scores in score_searches(assistant, loaded, progress=bar):
                figures = f"nDCG@10 {scores.ndcg_at_10:.3f}  R@100 {scores.recall_at_100:.3f}"
                typer.echo(f"{scores.name:14} {figures}")


class _Terminal:
    """A writer's desk at a terminal; all but the outcome goes to stderr."""

    def ask(self, prompt: str, *, default: str = "") -> str:
        """Ask for one line."""
        typed: str = typer.prompt(prompt, default=default, show_default=bool(default), err=True)
        return typed

    def show(self, text: str) -> None:
        """Show some lines."""
        typer.echo(text, err=True)


def _run(
    assistant: Assistant,
    files: Sequence[CaseFile],
    folders: Sequence[Path],
    config: RunConfig,
) -> Run:
    library = _library(assistant, folders)
    return run_cases(
        assistant,
        [case for file in files for case in file.cases],
        library=library,
        circumstances=describe(
            settings={
                "passages": config.passages,
                "workers": config.workers,
                "checked_against_files": library.files_found(),
            },
            manifest=assistant.index.manifest,
            case_files=[file.path for file in files],
        ),
        config=config,
        progress=BarOnStderr(),
    )


def _library(assistant: Assistant, folders: Sequence[Path]) -> Library:
    return Library(assistant.index.documents, folders=folders)


def _write(done: Run, *, json_out: Path | None, report: Path | None, texts: bool) -> None:
    written = to_json(done if texts else without_texts(done)) if json_out is not None else ""
    if json_out == STDOUT:
        sys.stdout.write(written)
    elif json_out is not None:
        json_out.write_text(written, encoding="utf-8")
    if report is not None:
        report.write_text(page(done), encoding="utf-8")


def _hold_against(done: Run, before: Run, console: Console, *, gate: bool) -> None:
    comparison = compare(done, before)
    print_comparison(comparison, console)
    broken = broken_promises(done, comparison)
    for sentence in broken:
        _notice(sentence)
    if broken and gate:
        raise typer.Exit(1)


@contextmanager
def _open(store: Path) -> Iterator[Assistant]:
    # Here and not above: it loads the index and its engines, which --help can do without.
    from rag.assistant import Assistant

    with Assistant.open(store) as assistant:
        yield assistant
