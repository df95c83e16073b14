from __future__ import annotations

import io
import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console

from eval.comparison import compare
from eval.measures.calibration import Bin, CoveragePoint
from eval.measures.chance import Interval
from eval.report.changes import print_comparison
from eval.report.page import page
from eval.report.plots import (
    Bar,
    bars,
    histogram,
    reliability_diagram,
    risk_coverage_curve,
)
from eval.report.table import print_run
from eval.report.verdicts import Verdict, verdict


@pytest.fixture
def printed():
    """Give what a terminal of 80 columns shows."""

    def show(print_it, what):
        stream = io.StringIO()
        print_it(what, Console(file=stream, width=80))
        return stream.getvalue()

    return show


@pytest.fixture
def mixed(evaluate, scripted, cases, answered, silence, book):
    """One right, one wrong, one needless silence, one crash, one answer to the unanswerable."""
    wrong = answered("In autumn the mill burned.", confidence=0.4)
    script = {
        cases[0].question: (answered("The mill at Verkhny ground 412 sacks"),),
        cases[1].question: (wrong, (book.passage("Its miller, Agafya Lund, kept the ledger"),)),
        cases[2].question: (silence,),
        cases[3].question: (wrong,),
    }
    crash = replace(cases[0], id="crash", question="<b>Why?</b>")
    return evaluate(scripted(script), (*cases, crash))


def test_every_way_a_case_can_end_is_told_apart(mixed):
    assert [verdict(result) for result in mixed.results] == [
        Verdict.RIGHT,
        Verdict.WRONG,
        Verdict.NEEDLESSLY_SILENT,
        Verdict.SHOULD_BE_SILENT,
        Verdict.ERROR,
    ]


def test_the_table_by_kind_fits_eighty_columns(printed, mixed):
    shown = printed(print_run, replace(mixed, seconds=1.0, fingerprint="f"))

    by_kind = shown[shown.index("by kind") : shown.index("by style")]
    assert [line.rstrip() for line in by_kind.splitlines()[1:]] == [
        "┏━━━━━━━━━━━━━━┳━━━┳━━━━━━━━┳━━━━━━━┳━━━━━━━┳━━━━━━━┳━━━━━━━┳━━━━━━━━━━┓",
        "┃ kind         ┃ n ┃  trust ┃ facts ┃   R@5 ┃ cited ┃ notes ┃ declined ┃",
        "┡━━━━━━━━━━━━━━╇━━━╇━━━━━━━━╇━━━━━━━╇━━━━━━━╇━━━━━━━╇━━━━━━━╇━━━━━━━━━━┩",
        "│ cause        │ 1 │  0.000 │ 0.000 │ 0.000 │ 0.000 │     - │    1.000 │",
        "│ number       │ 2 │  0.000 │ 0.500 │ 0.000 │ 0.500 │     - │    0.000 │",
        "│ person       │ 1 │ -1.000 │ 0.000 │ 1.000 │ 0.000 │     - │    0.000 │",
        "│ unanswerable │ 1 │ -1.000 │     - │     - │     - │     - │        - │",
        "└──────────────┴───┴────────┴───────┴───────┴───────┴───────┴──────────┘",
    ]


def test_the_table_names_what_failed(printed, mixed):
    shown = " ".join(printed(print_run, mixed).split())

    assert "failed with LookupError: no script for '<b>Why?</b>': 1 cases, mill/crash" in shown
    assert "answered though the library does not: 1 cases, mill/owner" in shown


def test_the_comparison_names_the_cases_that_changed(printed, evaluate, perfect, mute):
    shown = printed(print_comparison, compare(evaluate(mute), evaluate(perfect)))

    assert "worse: 3 cases" in shown
    assert "mill/sacks  facts@150 1.000 to 0.000  How much did the mill grind" in shown
    assert "better: 0 cases" in shown


def test_the_page_needs_nothing_beside_it(mixed):
    written = page(mixed)

    assert not re.findall(r'(?:src|href)="(?!#)', written)
    assert "@import" not in written
    assert "url(" not in written
    assert "<script" not in written


def test_the_page_shows_each_failed_case_and_no_other(mixed):
    written = page(mixed)

    shown = re.findall(r'<details id="mill/(\w+)">', written)
    assert shown == ["crash", "owner", "miller", "coal"]


def test_the_page_shows_answer_evidence_and_passages_with_the_right_words_marked(mixed):
    entry = page(mixed).split('<details id="mill/miller">')[1].split('<details id="mill/coal">')[0]

    assert "In autumn the mill burned. [1]" in entry
    assert '<span class="no">✗</span> Agafya Lund' in entry
    assert "<li><p><mark>Its miller, Agafya Lund, kept the ledger</mark></p>" in entry
    assert "<mark>Its miller, Agafya Lund, kept\nthe ledger by candle.</mark>" in entry


def test_words_on_the_page_cannot_become_markup(mixed):
    written = page(mixed)

    assert "<b>Why?</b>" not in written
    assert "&lt;b&gt;Why?&lt;/b&gt;" in written


def test_links_to_failures_lead_somewhere(mixed):
    written = page(mixed)

    targets = set(re.findall(r'id="([^"]+)"', written))
    links = set(re.findall(r'href="#([^"]+)"', written))
    assert links
    assert links <= targets


@pytest.mark.parametrize(
    "drawn",
    [
        bars("B & C", [Bar("a<b", 0.5, Interval(0.2, 0.8), 3, dot=0.4), Bar("c", 0, None, 1)]),
        bars("nothing", []),
        reliability_diagram([Bin(3, 0.2, 0.1), Bin(9, 0.9, 1.0)]),
        reliability_diagram([]),
        risk_coverage_curve([CoveragePoint(0.2, 0.0, 0.9), CoveragePoint(0.9, 0.4, 0.1)]),
        risk_coverage_curve([]),
        histogram("H", [1.0, 2.0, 99.0], label="ms", top=10.0, marks=[("p50", 2.0)]),
        histogram("H", [], label="ms", top=10.0),
    ],
    ids=["bars", "no bars", "reliability", "no bins", "risk", "no points", "values", "no values"],
)
def test_every_plot_is_well_formed_and_says_what_it_shows(drawn):
    figure = ET.fromstring(drawn)

    svg = figure.find("svg")
    assert svg is not None
    assert svg.get("aria-label") == figure.findtext("figcaption")


def test_every_value_falls_into_one_bar_of_a_histogram():
    drawn = histogram("H", [0.0, 5.0, 10.0, 99.0], label="ms", top=10.0)

    counts = [int(n) for n in re.findall(r"<title>(\d+) cases</title>", drawn)]
    assert sum(counts) == 4
    assert counts[-1] == 2
