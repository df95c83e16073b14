"""What each part of a search buys: every part is switched off in turn, and the cases asked again.

Nothing is fitted anew: a part that is switched off leaves the weights of the others as they are, so
a difference says what would be lost if the part failed, and is no less than what it is worth.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np

from eval.cases import Case
from eval.examination import Reply, examine
from eval.harness import sort_out
from eval.library import Library
from eval.measures.chance import Interval, Score, bootstrap
from eval.result import CaseResult
from index.progress import SILENT, Progress
from rag.assistant import Assistant
from rag.features import PASSAGE_FEATURES
from rag.parts import ALL_PARTS, Parts
from rag.weights import LogisticModel

MEASURES: Mapping[str, str] = {"r@1": "R@1", "r@5": "R@5", "retrieved_facts@150": "facts"}
"""What is compared, with the headings of the columns. The facts are those of the first 150 words of
the passages: what becomes of an answer hangs on weights that were fitted to all parts."""

_PASSAGES = 10


@dataclass(frozen=True, slots=True)
class Variant:
    """A search without one of its parts."""

    name: str
    parts: Parts = ALL_PARTS
    without: tuple[str, ...] = ()
    """The features that have no say in the ranking."""


VARIANTS: tuple[Variant, ...] = (
    Variant("vectors", Parts(vectors=False), ("cosine", "cosine_rank", "neighbours")),
    Variant(
        "BM25, all fields",
        Parts(fields=()),
        ("bm25_text", "bm25_text_best", "bm25_rank", "bm25_section", "bm25_notes"),
    ),
    Variant(
        "BM25 of the text",
        Parts(fields=("section", "notes")),
        ("bm25_text", "bm25_text_best", "bm25_rank"),
    ),
    Variant("BM25 of the headings", Parts(fields=("text", "notes")), ("bm25_section",)),
    Variant("BM25 of hanging notes", Parts(fields=("text", "section")), ("bm25_notes",)),
    Variant("MaxSim", without=("maxsim", "maxsim_best", "weakest_term")),
    Variant("MaxSim of sentences", without=("maxsim_sentence",)),
    Variant("words in common", without=("coverage", "coverage_rare")),
    Variant("names and years", without=("names", "years")),
    Variant("neighbours", without=("neighbours",)),
    Variant("kind of answer", without=("number_wanted", "date_wanted")),
    Variant("named authors", Parts(named=False), ("named", "not_named")),
    Variant("notes with their passages", Parts(companions=False)),
    Variant("comparisons by subject", Parts(subject_alone=False)),
    Variant("questions apart", Parts(questions_apart=False)),
    Variant("follow-ups", Parts(follow_ups=False)),
    Variant("spelling", Parts(spelling=False)),
    Variant("abbreviations", Parts(abbreviations=False)),
)
"""The parts that are switched off, each by itself."""


@dataclass(frozen=True, slots=True)
class Change:
    """How far a measure moves when a part is switched off."""

    measure: str
    change: float
    """Without the part less with it, over the same cases; below 0 where the part helps."""
    interval: Interval


@dataclass(frozen=True, slots=True)
class Ablation:
    """A part, and what becomes of the measures without it."""

    name: str
    changes: tuple[Change, ...]


def ablate(
    assistant: Assistant,
    cases: Sequence[Case],
    *,
    library: Library,
    variants: Sequence[Variant] = VARIANTS,
    progress: Progress = SILENT,
) -> tuple[dict[str, float], list[Ablation]]:
    """Switch each part off in turn.

    Args:
        assistant: Who is asked; it is as it was when this is done.
        cases: What is asked; those whose documents the library lacks are left out.
        library: What replies are checked against.
        variants: The parts to switch off.
        progress: Told of every case that is done.

    Returns:
        The measures with all parts, and the change of each without one.
    """
    askable = sort_out(cases, library).askable
    progress.start("Asking", len(askable) * (1 + len(variants)))

    def ask() -> list[CaseResult]:
        results = []
        for case in askable:
            found = assistant.search(case.question, history=case.history, limit=_PASSAGES)
            results.append(examine(Reply(case, None, found.passages, 0.0), library))
            progress.advance(1, case.key)
        return results

    whole = ask()
    ablations = []
    for variant in variants:
        with _switched_off(assistant, variant):
            changes = _changes(whole, ask())
        ablations.append(Ablation(variant.name, tuple(changes)))
    progress.finish()
    return {name: float(np.mean(_values(whole, name))) for name in MEASURES}, ablations


@contextmanager
def _switched_off(assistant: Assistant, variant: Variant) -> Iterator[None]:
    models, parts = assistant.models, assistant.parts
    assistant.models = replace(models, ranking=without(models.ranking, variant.without))
    assistant.parts = variant.parts
    try:
        yield
    finally:
        assistant.models, assistant.parts = models, parts


def without(model: LogisticModel, names: Sequence[str]) -> LogisticModel:
    """Give a model in which some features have no say.

    Raises:
        ValueError: If a feature has another name.
    """
    if strange := set(names) - set(PASSAGE_FEATURES):
        raise ValueError(f"found {sorted(strange)}, expected some of {list(PASSAGE_FEATURES)}")
    kept = np.array([name not in names for name in model.features], dtype=np.float32)
    return replace(model, weights=model.weights * kept)


def _changes(whole: Sequence[CaseResult], part: Sequence[CaseResult]) -> Iterator[Change]:
    for name in MEASURES:
        pairs = zip(_values(whole, name), _values(part, name), strict=True)
        differences = [Score(now - before) for before, now in pairs]
        interval = bootstrap(differences)
        if interval is not None:
            mean = sum(score.value for score in differences) / len(differences)
            yield Change(name, mean, interval)


def _values(results: Sequence[CaseResult], measure: str) -> list[float]:
    return [result.scores[measure].value for result in results if measure in result.scores]


def as_markdown(whole: Mapping[str, float], ablations: Sequence[Ablation]) -> str:
    """Set the result as a table for a document."""
    lines = [
        "| without | " + " | ".join(f"{head} | 95% interval" for head in MEASURES.values()) + " |",
        "|---" * (1 + 2 * len(MEASURES)) + "|",
        "| (nothing left out) | " + " | ".join(f"{whole[name]:.3f} | " for name in MEASURES) + " |",
    ]
    for ablation in ablations:
        cells = [
            f"{change.change:+.3f} | {change.interval.low:+.3f} to {change.interval.high:+.3f}"
            for change in ablation.changes
        ]
        lines.append(f"| {ablation.name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)
