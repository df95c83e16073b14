"""``ibid tune``: adapt the encoder to written questions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from eval.fitting.examples import load_questions
from eval.terminal import BarOnStderr, told_in_one_line
from eval.tuning.examination import print_changes
from eval.tuning.training import TrainingConfig
from index.model_source import DEFAULT_MODEL

if TYPE_CHECKING:
    from eval.tuning.run import Outcome, Task

DEFAULTS = TrainingConfig()


LibraryArgument = Annotated[
    Path, typer.Argument(exists=True, help="File or folder that the questions are about.")
]
QuestionsArgument = Annotated[
    list[Path],
    typer.Argument(exists=True, dir_okay=False, help="Questions with the span of each answer."),
]
WorkOption = Annotated[
    Path, typer.Option("--work", file_okay=False, help="Folder to go on from when interrupted.")
]
StartOption = Annotated[
    Path | None,
    typer.Option(
        "--start",
        metavar="NAME|FILE",
        help="Adapter to go on from: `scholarly`, or a file made by `ibid tune`.",
        show_default="the model as its authors published it",
    ),
]
UnseenOption = Annotated[
    list[str] | None,
    typer.Option("--unseen", help="File of the library to keep out of training altogether."),
]
StepsOption = Annotated[
    int | None,
    typer.Option(min=1, help="Stop after so many batches.", show_default="all of the passes"),
]


def tune(
    library: LibraryArgument,
    questions: QuestionsArgument,
    also: Annotated[
        list[Path] | None, typer.Option("--also", exists=True, help="More files and folders.")
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", help="The adapter's file, named after what it is for.")
    ] = Path("var/tune/adapter.safetensors"),
    work: WorkOption = Path("var/tune"),
    model: Annotated[
        str, typer.Option("--model", help="A sentence-transformers name or folder.")
    ] = DEFAULT_MODEL,
    start: StartOption = None,
    unseen: UnseenOption = None,
    passes: Annotated[int, typer.Option(min=1, help="Times each question is seen.")] = (
        DEFAULTS.passes
    ),
    steps: StepsOption = None,
    seed: Annotated[int, typer.Option(help="What all chance comes from.")] = DEFAULTS.seed,
) -> None:
    """Adapt the encoder to questions over a library, and measure what that changes.

    Of every document one stretch in ten is kept out of training, with all questions about it.
    """
    # Here and not above: it loads the index and its engines, which --help can do without.
    from eval.tuning.run import Task
    from eval.tuning.run import tune as run

    with told_in_one_line():
        task = Task(
            library=[library, *(also or ())],
            examples=[example for path in questions for example in load_questions(path)],
            out=out,
            work=work,
            model=model,
            start=start,
            unseen=tuple(unseen or ()),
            training=TrainingConfig(passes=passes, steps=steps, seed=seed),
        )
        _tell(run(task, BarOnStderr()), task)


def _tell(outcome: Outcome, task: Task) -> None:
    """Keep what came of it, and print it."""
    from eval.tuning.run import to_json

    (task.work / "outcome.json").write_text(to_json(outcome), encoding="utf-8")
    typer.echo(f"{outcome.trained_on} questions learnt from; adapter: {task.out}")
    typer.echo("| questions | ranked by | measure | before | after | difference | 95% |")
    typer.echo("|---|---|---|---|---|---|---|")
    for name, some in outcome.changes.items():
        print_changes(f"{name} ({outcome.examined[name]})", some, typer.echo)
