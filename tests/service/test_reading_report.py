"""What was found in files and what was not understood, as whole pages."""

from __future__ import annotations

import json

import pytest
from rich.console import Console

from service.cli import main
from service.reading_report import print_remarks, reading_table
from tests.corpus.reading_of import FILLERS

BOOK = f"""# Wood

{FILLERS[0]} One.<sup>1</sup> {FILLERS[1]} Two. They went to the

---

<sup>1</sup> See the report.

<sup>2</sup> See the minutes.

---

forest and found it gone. {FILLERS[2]}
"""


def page(capsys) -> str:
    return "\n".join(line.rstrip() for line in capsys.readouterr().out.splitlines()) + "\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "wood.md").write_text(BOOK, encoding="utf-8")
    (tmp_path / "a_name_too_long_for_its_column.md").write_text(f"{FILLERS[3]}\n", "utf-8")
    return tmp_path


@pytest.fixture
def figures(documents):
    return {summary.file: summary.figures for summary in documents.catalogue()}


def test_the_reading_report_counts_what_was_found_and_what_was_lost(capsys, figures):
    Console(width=80).print(reading_table(figures))

    assert (
        page(capsys)
        == """\
document  sections notes marks joined recovered lost mended dropped
lamps.txt        2     3     3      2         0    2      0       0
wicks.txt        0     0     0      0         0    0      0       0
in all           2     3     3      2         0    2      0       0
"""
    )


def test_what_was_not_understood_is_said_in_words(capsys, figures):
    print_remarks(Console(width=80), figures)

    assert page(capsys) == (
        "lamps.txt: not understood: 1 note without a mark, 1 mark without a note\n"
    )


def test_the_account_of_files_fits_a_terminal_and_adds_up(capsys, monkeypatch, folder):
    monkeypatch.setenv("COLUMNS", "80")

    assert main(["account", str(folder)]) == 0
    shown = page(capsys)

    assert "…" in shown
    assert max(map(len, shown.splitlines()[:4])) <= 80
    rows = [line.split() for line in shown.splitlines() if line.startswith("wood.md ")]
    assert sum(map(float, rows[0][2:9])) == pytest.approx(100, abs=0.4)
    assert rows[0][9] == "100.00"
    assert rows[1] == ["wood.md", "1", "2", "1", "1", "0", "1", "1", "2"]
    assert "wood.md: not understood: 1 note without a mark; left out: rule (2)" in shown


def test_the_account_as_json_adds_up_to_the_file(capsys, folder):
    main(["account", str(folder), "--json"])

    told = json.loads(capsys.readouterr().out)

    assert [sum(d["characters"].values()) for d in told["documents"]] == [
        len(FILLERS[3]) + 1,
        len(BOOK),
    ]
    assert sum(told["total"]["characters"].values()) == len(BOOK) + len(FILLERS[3]) + 1
    assert told["total"]["dropped"] == {"rule": 2}
