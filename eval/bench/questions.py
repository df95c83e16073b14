"""What is asked: the questions of case files, or plain lines of text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.cases import load_cases
from eval.errors import NoQuestions
from rag.answer import Turn

PLAIN = ".txt"
SAMPLE_CASES = Path(__file__).parents[1] / "cases" / "sample.jsonl"


@dataclass(frozen=True, slots=True)
class Question:
    """A question and what was said before it."""

    text: str
    history: tuple[Turn, ...] = ()


def load_questions(paths: Sequence[Path]) -> tuple[Question, ...]:
    """Read questions, each once: from case files, and from ``.txt`` files a line each.

    Raises:
        NoQuestions: If there are none.
        CaseFileError: If a case file cannot be understood.
    """
    cases = [path for path in paths if path.suffix != PLAIN]
    found = [
        Question(case.question, case.history)
        for file in (load_cases(cases) if cases else ())
        for case in file.cases
    ]
    for path in paths:
        if path.suffix == PLAIN:
            lines = path.read_text(encoding="utf-8").splitlines()
            found += [Question(line.strip()) for line in lines if line.strip()]
    if not found:
        raise NoQuestions(paths)
    return tuple(dict.fromkeys(found))
