"""``ibid eval fit``: fit the weights, and measure what they do for questions they have not seen."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from eval.cases import CaseFile, load_cases
from eval.circumstances import describe
from eval.harness import sum_up
from eval.report.table import print_run
from eval.terminal import DEFAULT_STORE, BarOnStderr, console_of, told_in_one_line

if TYPE_CHECKING:
    from eval.fitting.asking import KnownLibrary
    from eval.fitting.fit_all import Gathered


def fit(
    questions: Annotated[
        list[Path], typer.Argument(exists=True, help="Files of questions with their spans.")
    ],
    cases: Annotated[
        list[Path], typer.Option("--cases", help="Case files to fit quoting and confidence to.")
    ],
    store: Annotated[
        list[Path] | None,
        typer.Option(
            help="Folder that holds an index. Given several times, each question is put to the "
            "first that holds what it is about.",
            show_default=str(DEFAULT_STORE),
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", file_okay=False, help="Folder for the weights, if not the program's."
        ),
    ] = None,
    every: Annotated[
        int, typer.Option(min=1, help="Take every so many-th answered question only.")
    ] = 1,
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only", help="Fit this alone: ranking, sentences, reading, answerable or right."
        ),
    ] = None,
    unread: Annotated[
        bool,
        typer.Option("--unread", help="Fit what an index without a reader is judged by."),
    ] = False,
    cross_validate: Annotated[
        bool,
        typer.Option(
            "--cross-validate",
            help="Also ask each fifth of the cases with weights fitted to everything else.",
        ),
    ] = False,
) -> None:
    """Fit the weights of ranking, quoting and abstaining to questions with known answers."""
    # These load the whole index; `ibid eval --help` does not need it.
    from eval.fitting.examples import load_questions
    from eval.fitting.fit_all import MODELS, Material, fit_all, gather, write_all
    from rag.models import WEIGHTS

    with told_in_one_line(), ExitStack() as stack:
        files = load_cases(cases)
        material = Material(
            [example for path in questions for example in load_questions(path, every=every)],
            [case for file in files for case in file.cases],
        )
        stores = store or [DEFAULT_STORE]
        libraries = [_open(path, stack, unread=unread) for path in stores]
        bar = BarOnStderr()
        chosen = only or MODELS
        gathered = gather(
            libraries, material, only=chosen, start=bar.start, done=lambda: bar.advance(1)
        )
        if cross_validate:
            _print_cross_validated(gathered, files, chosen, bar)
        bar.finish()
        fits = fit_all(gathered, only=chosen)
        write_all(fits, gathered, out or WEIGHTS)
        for name, one in fits.items():
            typer.echo(f"{name}: " + ", ".join(f"{k} {v}" for k, v in one.figures.items()))


def _open(store: Path, stack: ExitStack, *, unread: bool) -> KnownLibrary:
    from eval.fitting.asking import KnownLibrary
    from eval.fitting.examples import Places
    from rag.answering import AnswerConfig
    from rag.assistant import Assistant

    config = AnswerConfig(passages_read=0) if unread else AnswerConfig()
    assistant = stack.enter_context(Assistant.open(store, config=config))
    return KnownLibrary(assistant, Places(assistant.index.documents))


def _print_cross_validated(
    gathered: Gathered, files: Sequence[CaseFile], only: Collection[str], bar: BarOnStderr
) -> None:
    from eval.fitting.cross_validation import PARTS, cross_validate

    started = time.perf_counter()
    bar.start("cross-validation", len(gathered.cases))
    results = cross_validate(gathered, only=only, done=lambda: bar.advance(1))
    circumstances = describe(
        settings={"cross-validated, parts": PARTS},
        manifest=gathered.libraries[0].assistant.index.manifest,
        case_files=[file.path for file in files],
    )
    console = console_of()
    for file in files:
        of_file = [one for one in results if one.case.file == file.path.stem]
        console.print(f"{file.path.name}, cross-validated in {PARTS} parts")
        seconds = time.perf_counter() - started
        print_run(sum_up(of_file, circumstances, seconds=seconds), console)
