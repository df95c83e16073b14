"""A result as one HTML page that needs nothing beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from importlib.resources import files

from eval.measures.calibration import reliability, risk_coverage
from eval.measures.chance import Score, bootstrap
from eval.report.case_entry import case_entry
from eval.report.numbers import figure, interval
from eval.report.plots import (
    Bar,
    bars,
    histogram,
    reliability_diagram,
    risk_coverage_curve,
)
from eval.report.verdicts import FAILURES, GROUPINGS, Verdict, by_group, verdict, with_verdict
from eval.result import CaseResult, Circumstances, Run
from eval.scores import ANSWER_WORDS, MEASURES, judged, summarise

_HEADLINES = ("trust", "facts@150", "r@5", "verbatim", "declined_unanswerable", "seconds_p50")
_COLUMNS = {
    "trust": "trust",
    "facts@150": "facts",
    "r@1": "R@1",
    "r@5": "R@5",
    "r@10": "R@10",
    "citation_recall": "cited",
    "citation_precision": "precise",
    "notes": "notes",
    "declined_answerable": "declined",
    "declined_unanswerable": "rightly declined",
}
"""What the tables by kind and style show, with their headings."""
_RIGHT = (Verdict.RIGHT, Verdict.RIGHTLY_SILENT)


def page(run: Run, *, title: str = "How good the answers are") -> str:
    """Write a result as a page: figures, plots, tables, and every case that failed."""
    css = files("eval.report").joinpath("page.css").read_text(encoding="utf-8")
    body = "".join(
        (
            f"<h1>{escape(title)}</h1>",
            _made(run),
            _cards(run),
            _plots(run),
            *(_group_table(run.results, name, name_of) for name, name_of in GROUPINGS),
            _measures(run),
            *(_failures(run.results, wanted) for wanted in FAILURES),
            _skipped(run),
            _circumstances(run.circumstances),
        )
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{css}</style></head><body>{body}</body></html>\n"
    )


def _made(run: Run) -> str:
    made = run.circumstances
    commit = f" at {made.commit[:12]}" if made.commit else ""
    ends = " · ".join(
        f'<a href="#{name}">{len(with_verdict(run.results, wanted))} {wanted}</a>'
        for wanted in FAILURES
        for name in [wanted.name.lower()]
        if with_verdict(run.results, wanted)
    )
    right = sum(verdict(result) in _RIGHT for result in run.results)
    return (
        f'<p class="faint">{len(run.results)} cases on {escape(made.made_at)}{commit}, '
        f"{run.seconds:.1f} s; fingerprint {run.fingerprint}</p>"
        f"<p>{right} right or rightly silent{' · ' + ends if ends else ''}</p>"
    )


def _cards(run: Run) -> str:
    by_name = {found.measure: found for found in run.figures}
    cards = "".join(
        f'<div class="card"><span>{escape(MEASURES[name].title)}</span>'
        f"<b>{figure(by_name.get(name))}</b>"
        f"<span>{interval(by_name[name].interval, MEASURES[name].unit)}</span></div>"
        for name in _HEADLINES
        if name in by_name
    )
    return f'<div class="cards">{cards}</div>'


def _plots(run: Run) -> str:
    results = run.results
    answers = judged(results)
    words = [float(len(result.text.split())) for result in results if result.text]
    drawn = [
        _kind_bars(results),
        reliability_diagram(reliability(answers)),
        risk_coverage_curve(risk_coverage(answers, questions=max(len(results), 1))),
        histogram(
            "Words used by an answer",
            words,
            label="words",
            top=ANSWER_WORDS * 1.2,
            marks=[("counted", ANSWER_WORDS)],
        ),
        _latency(run),
    ]
    return f'<h2>At a glance</h2><div class="plots">{"".join(drawn)}</div>'


def _kind_bars(results: Sequence[CaseResult]) -> str:
    rows = []
    for kind, members in by_group(results, lambda result: result.case.kind).items():
        right = [Score(float(verdict(result) in _RIGHT)) for result in members]
        recall = summarise(members, "r@5")
        rows.append(
            Bar(
                label=kind,
                value=sum(score.value for score in right) / len(right),
                interval=bootstrap(right),
                count=len(members),
                dot=recall.value if recall is not None else None,
            )
        )
    return bars("By kind: right or rightly silent, with 95% interval; the dot is R@5", rows)


def _latency(run: Run) -> str:
    at = {f.measure: 1000 * f.value for f in run.figures if f.measure.startswith("seconds_p")}
    if not at:
        return ""
    return histogram(
        "Time to an answer",
        [1000 * result.seconds for result in run.results],
        label="milliseconds",
        top=max(1.25 * max(at.values()), 1.0),
        marks=[(name.removeprefix("seconds_"), value) for name, value in at.items()],
    )


def _group_table(
    results: Sequence[CaseResult], name: str, name_of: Callable[[CaseResult], str]
) -> str:
    rows = [
        [group, str(len(members)), *(figure(summarise(members, m)) for m in _COLUMNS)]
        for group, members in by_group(results, name_of).items()
    ]
    return f"<h2>By {name}</h2>{_table([name, 'cases', *_COLUMNS.values()], rows)}"


def _measures(run: Run) -> str:
    rows = []
    for found in run.figures:
        measure = MEASURES[found.measure]
        title = measure.title + ("" if measure.better == "higher" else " (lower is better)")
        between = interval(found.interval, measure.unit)
        rows.append([title, figure(found), between, str(found.cases)])
    return f"<h2>All measures</h2>{_table(['measure', 'value', '95% interval', 'cases'], rows)}"


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]], *, name: str = "") -> str:
    head = "".join(f"<th>{escape(heading)}</th>" for heading in headings)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows
    )
    return (
        f'<div class="scroll"><table class="{name}"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _failures(results: Sequence[CaseResult], wanted: Verdict) -> str:
    found = with_verdict(results, wanted)
    if not found:
        return ""
    heading = f"{wanted.capitalize()} ({len(found)})"
    return (
        f'<h2 id="{wanted.name.lower()}">{escape(heading)}</h2>'
        f"{''.join(case_entry(result) for result in found)}"
    )


def _skipped(run: Run) -> str:
    rows = [[skipped.case, ", ".join(skipped.missing)] for skipped in run.skipped]
    return f"<h2>Skipped</h2>{_table(['case', 'not in the library'], rows)}" if rows else ""


def _circumstances(made: Circumstances) -> str:
    told = {
        "made": made.made_at,
        "revision": made.commit or "none",
        "machine": made.machine,
        **{f"version of {name}": number for name, number in made.versions.items()},
        **{f"setting {name}": str(value) for name, value in made.settings.items()},
        **{f"case file {name}": digest for name, digest in made.case_files.items()},
        **{f"index: {name}": str(value) for name, value in made.manifest.items()},
    }
    rows = [[name, value] for name, value in told.items()]
    table = _table(["what", "value"], rows, name="wraps")
    return f"<h2>How it was made</h2>{table}"
