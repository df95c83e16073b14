"""``ibid eval reader``: train the reader on questions with known answers, and examine it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from eval.reader.config import TrainingConfig
from eval.terminal import DEFAULT_STORE, BarOnStderr, console_of, told_in_one_line

DEFAULTS = TrainingConfig()


def reader(
    questions: Annotated[
        list[Path],
        typer.Argument(
            exists=True, dir_okay=False, help="Files of questions with the sentences that answer."
        ),
    ],
    twins: Annotated[
        Path,
        typer.Option(
            "--twins", exists=True, dir_okay=False, help="More of them, each with a double."
        ),
    ],
    doubles: Annotated[
        Path,
        typer.Option(
            "--near-misses",
            exists=True,
            dir_okay=False,
            help="The doubles, line by line: questions like the twins that nothing answers.",
        ),
    ],
    store: Annotated[
        Path,
        typer.Option(
            "--store",
            envvar="IBID_STORE",
            help="Folder that holds an index of the documents that the questions are about. The "
            "reader is made of its encoder.",
        ),
    ] = DEFAULT_STORE,
    without: Annotated[
        list[str] | None,
        typer.Option(
            "--without",
            metavar="FILE",
            help="File of the library to keep out of training, and to examine the reader on.",
        ),
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", help="The reader's file, named after what it is for.")
    ] = Path("var/reader/reader.safetensors"),
    work: Annotated[
        Path,
        typer.Option("--work", file_okay=False, help="Folder to go on from when interrupted."),
    ] = Path("var/reader"),
    batches: Annotated[
        int, typer.Option(min=1, help="How many batches of questions to learn from.")
    ] = DEFAULTS.batches,
    seed: Annotated[int, typer.Option(help="What all chance comes from.")] = DEFAULTS.seed,
) -> None:
    """Train the reader on questions with known answers, and on some that only seem to have one."""
    # These load the whole index; `ibid eval --help` does not need it.
    from eval.fitting.asking import KnownLibrary
    from eval.fitting.examples import Places, load_questions
    from eval.reader.examination import changes
    from eval.reader.material import load_pairs
    from eval.reader.run import Task, train
    from rag.assistant import Assistant

    with told_in_one_line():
        task = Task(
            answered=[example for path in questions for example in load_questions(path)],
            pairs=load_pairs(twins, doubles),
            out=out,
            work=work,
            without=tuple(without or ()),
            training=TrainingConfig(batches=batches, seed=seed),
        )
        with Assistant.open(store) as assistant:
            library = KnownLibrary(assistant, Places(assistant.index.documents))
            outcome = train(task, library, BarOnStderr())
        typer.echo(
            f"{outcome.answered} answered questions and {outcome.pairs} pairs learnt from; "
            f"reader: {out}"
        )
        if outcome.before:
            console_of().print(changes(outcome.before, outcome.after, outcome.examined))
