"""The command ``ibid``, run in this process over a real index with a tiny model."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from service.app import create_app
from service.cli import main
from service.settings import Settings
from tests.service.conftest import LOCAL

ROOT = Path(__file__).parents[2]

QUESTION = "How many sacks did the miller count?"


@pytest.fixture(autouse=True)
def _plain_terminal(monkeypatch, tmp_path):
    """A terminal of 80 columns, no settings, and a working folder of its own."""
    for name in ("IBID_STORE", "IBID_HOST", "IBID_PORT", "IBID_LOG_LEVEL", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def ibid(capsys, monkeypatch, index):
    """Run a command on a copy of the index; gives exit code, standard output, standard error."""
    monkeypatch.setenv("IBID_STORE", str(index))

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        out, err = capsys.readouterr()
        return code, out, err

    return run


def test_help_lists_every_command(ibid):
    assert ibid("--help") == (
        0,
        """\
Usage: ibid [OPTIONS] COMMAND [ARGS]...

  Answers over a library of scholarly documents, in verified quotations.

Options:
  --version             Show the version.
  --install-completion  Install completion for the current shell.
  --show-completion     Show completion for the current shell, to copy it or
                        customize the installation.
  --help                Show this message and exit.

Commands:
  index      Read, embed and index files or folders; add to what is there.
  ask        Answer a question in verified quotations, or abstain.
  chat       Hold a conversation: ask, and ask on from there.
  search     Find passages, best first, without an answer.
  notes      Show a document's notes, each with its mark.
  documents  List the documents of the library.
  remove     Take a document out of the index, not off the disk.
  status     Show what the index holds and how it was built.
  account    Show what became of every character and note of files.
  serve      Answer over HTTP until stopped with Ctrl-C.
  key        Make an API key; from then on the server asks for one.
  mcp        Give other assistants tools (Model Context Protocol).
  bench      Measure how fast it answers, starts and indexes.
  eval       Measure the answers on cases with known facts.
  tune       Adapt the embedding model to questions with known answers.
""",
        "",
    )


@pytest.mark.parametrize(
    ("command", "page"),
    [
        pytest.param(
            "index",
            """\
Usage: ibid index [OPTIONS] {PATH}...

  Read, embed and index files or folders; add to what is there.

Arguments:
  PATH <list[Path]>  Files or folders of books.  [required]

Options:
  --store DIR          Folder of the index.  [default: (var/ibid, or
                       $IBID_STORE)]
  --model NAME         Embedding model: a sentence-transformers name or
                       folder.  [default: (that of the index, or all-
                       MiniLM-L6-v2)]
  --adapter NAME|FILE  Adapter for the model: `scholarly`, or a file made by
                       `ibid tune`.  [default: (that of the index, or the one
                       that comes with the model)]
  --no-adapter         The model as its authors published it.
  --rebuild            Start anew, in place of adding to what is there.
  --catalog FILE       Titles, authors and years.  [default: (catalog.toml in
                       the folders)]
  --help               Show this message and exit.
""",
            id="index",
        ),
        pytest.param(
            "ask",
            """\
Usage: ibid ask [OPTIONS] {QUESTION}

  Answer a question in verified quotations, or abstain.

Arguments:
  QUESTION <str>  What you want to know.  [required]

Options:
  --store DIR          Folder of the index.  [default: (var/ibid, or
                       $IBID_STORE)]
  --json               Print JSON in place of text.
  --limit N            Quotations at most.  [default: 3; 1<=x<=20]
  --author NAME        Only this author; may be given again.
  --document DOCUMENT  Only this file name or id; may be given again.
  --year-from YEAR     Only from this year on.
  --year-to YEAR       Only up to this year.
  --help               Show this message and exit.
""",
            id="ask",
        ),
        pytest.param(
            "serve",
            """\
Usage: ibid serve [OPTIONS]

  Answer over HTTP until stopped with Ctrl-C.

Options:
  --store DIR     Folder of the index.  [default: (var/ibid, or $IBID_STORE)]
  --host HOST     Address to listen on.  [default: (127.0.0.1, or $IBID_HOST)]
  --port PORT     Port to listen on; 0 takes a free one.  [default: (8000, or
                  $IBID_PORT); 0<=x<=65535]
  --without-keys  Answer anyone who can reach it.
  --help          Show this message and exit.
""",
            id="serve",
        ),
    ],
)
def test_the_help_of_a_command_shows_every_default(ibid, command, page):
    assert ibid(command, "--help") == (0, page, "")


def test_without_a_command_the_help_goes_to_standard_error(ibid):
    code, out, err = ibid()

    assert (code, out) == (2, "")
    assert err.startswith("Usage: ibid")


def test_a_question_gets_its_quotation_with_place_and_note(ibid):
    citations = json.loads(ibid("ask", QUESTION, "--json")[1])["citations"]

    code, out, err = ibid("ask", QUESTION)

    assert (code, err) == (0, "")
    flat = " ".join(out.split())
    assert citations
    for citation in citations:
        number = f"[{citation['number']}]"
        quote = re.escape(citation["quote"])
        by_token = citation["document"]["author"] == "H. Token"
        work = "H. Token, The Miller's Book (1922)" if by_token else citation["document"]["title"]
        assert re.search(rf"“{quote}” \([^)]*\) {re.escape(number)}", flat)
        assert f"{number} {work}" in flat
        assert all(f"[^{note['marker']}] {note['text']}" in flat for note in citation["footnotes"])
    assert re.search(r"\nconfidence \d+%\n$", out)


def test_json_of_a_question_is_the_body_of_the_route(ibid, index):
    code, out, _ = ibid("ask", QUESTION, "--json")

    with TestClient(create_app(Settings(store=index)), base_url=LOCAL) as client:
        body = client.post("/v1/ask", json={"question": QUESTION}).json()

    assert code == 0
    assert {**json.loads(out), "timings_ms": {}} == {**body, "timings_ms": {}}
    assert list(json.loads(out)) == list(body)
    assert len(out.splitlines()) == 1


def test_json_of_a_search_has_the_passages(ibid):
    _, out, _ = ibid("search", "seed grain", "--json", "--limit", "1")

    (passage,) = json.loads(out)["passages"]
    assert passage["document"]["file"] == "bread.txt"


def test_a_search_keeps_to_the_document_that_is_named(ibid):
    _, out, _ = ibid("search", "bread", "--document", "rails.txt", "--json")

    found = {passage["document"]["file"] for passage in json.loads(out)["passages"]}
    assert found == {"rails.txt"}


def test_notes_are_listed_with_their_marks(ibid):
    code, out, _ = ibid("notes", "bread.txt")

    assert code == 0
    assert "  [^1] Minutes of the mill council, sheet 4.\n       at “" in out


def test_documents_are_listed_as_text_and_as_json(ibid):
    _, text, _ = ibid("documents")
    _, body, _ = ibid("documents", "--json")

    files = [document["file"] for document in json.loads(body)["documents"]]
    assert files == ["bread.txt", "letters.md", "rails.txt"]
    assert all(file in text for file in files)


def test_status_names_generation_counts_and_model(ibid):
    _, text, _ = ibid("status")
    _, body, _ = ibid("status", "--json")

    status = json.loads(body)
    assert (status["documents"], status["model"]) == (3, "tiny/words")
    assert status["generation"] in text


def test_an_adapter_and_none_at_once_is_misused(ibid, tmp_path):
    (tmp_path / "some.safetensors").write_bytes(b"")

    code, _, errors = ibid(
        "index", str(tmp_path), "--adapter", str(tmp_path / "some.safetensors"), "--no-adapter"
    )

    assert code == 2
    assert "--adapter or --no-adapter, not both" in errors


def test_indexing_tells_what_was_read_and_says_progress_elsewhere(ibid, tmp_path):
    (tmp_path / "new.txt").write_text("The Ferry\n\nThe ferry ran at six.\n", encoding="utf-8")

    code, out, err = ibid("index", "new.txt")

    assert code == 0
    assert "new.txt" in out.splitlines()[1]
    assert re.search(r"^1 added; done in [\d.]+ s: 4 documents, \d+ passages in ", out, re.M)
    assert "read 1\n" in err


def test_indexing_again_without_changes_does_nothing(ibid, tmp_path):
    (tmp_path / "new.txt").write_text("The Ferry\n\nThe ferry ran at six.\n", encoding="utf-8")
    ibid("index", "new.txt")

    code, out, _ = ibid("index", "new.txt")

    assert code == 0
    assert out.startswith("1 kept; nothing to do: 4 documents, ")


def test_a_catalogue_in_the_folder_is_used(ibid, tmp_path):
    folder = tmp_path / "books"
    folder.mkdir()
    (folder / "new.txt").write_text("The ferry ran at six.\n", encoding="utf-8")
    (folder / "catalog.toml").write_text(
        '[[document]]\nfile = "new.txt"\ntitle = "Ferries"\nauthor = "G. Token"\nyear = 1950\n',
        encoding="utf-8",
    )

    ibid("index", "books")

    assert "G. Token, Ferries (1950)" in ibid("documents")[1]


def test_an_unreadable_file_is_skipped_aloud_and_the_others_are_indexed(ibid, tmp_path):
    folder = tmp_path / "books"
    folder.mkdir()
    (folder / "empty.txt").touch()
    (folder / "new.txt").write_text("The ferry ran at six.\n", encoding="utf-8")

    code, out, err = ibid("index", "books")

    assert code == 0
    assert "1 skipped" in out
    assert re.search(r"^skipped '.*empty\.txt': found no text, ", err, re.M)


def test_a_removed_document_is_gone_and_its_id_unknown(ibid):
    code, out, _ = ibid("remove", "rails.txt")

    assert code == 0
    assert out.startswith("1 removed; done in ")
    assert ibid("notes", "rails.txt")[0] == 1


def break_store(index, _folder):
    generation = (index / "CURRENT").read_text().strip()
    (index / "generations" / generation / "dense.faiss").write_bytes(b"")


def empty_file(_index, folder):
    (folder / "empty.txt").touch()


def binary_file(_index, folder):
    (folder / "binary.txt").write_bytes(bytes(range(256)) * 8)


def nothing(_index, _folder):
    pass


@pytest.mark.parametrize(
    ("arrange", "arguments", "code", "says"),
    [
        pytest.param(nothing, ["index", "nowhere"], 2, "found nothing, expected a f", id="folder"),
        pytest.param(empty_file, ["index", "empty.txt"], 1, "empty.txt", id="an empty file"),
        pytest.param(binary_file, ["index", "binary.txt"], 1, "binary.txt", id="a binary"),
        pytest.param(
            nothing, ["index", ".", "--catalog", "x.toml"], 2, "'x.toml' does not", id="catalogue"
        ),
        pytest.param(
            nothing, ["ask", "x", "--store", "none"], 1, "found nothing, expected an", id="no store"
        ),
        pytest.param(break_store, ["ask", "x"], 1, "dense.faiss", id="a damaged store"),
        pytest.param(nothing, ["ask", "x" * 3000], 2, "3,000 characters, expected", id="too long"),
        pytest.param(nothing, ["ask", " "], 2, "found an empty question", id="an empty question"),
        pytest.param(nothing, ["ask"], 2, "Missing argument 'QUESTION'; see", id="no question"),
        pytest.param(nothing, ["ask", "x", "--limit", "0"], 2, "'--limit'", id="a bad limit"),
        pytest.param(nothing, ["notes", "none.txt"], 1, "found no document", id="no document"),
        pytest.param(nothing, ["remove", "none.txt"], 1, "found no document", id="none to remove"),
        pytest.param(nothing, ["aks", "x"], 2, "Did you mean 'ask'?", id="an unknown command"),
        pytest.param(nothing, ["serve", "--port", "1e3"], 2, "'--port'", id="a bad port"),
        pytest.param(nothing, ["serve", "--host", "no host"], 1, "no address for", id="a bad host"),
    ],
)
def test_an_error_is_one_line_that_says_what_to_do(
    ibid, index, tmp_path, arrange, arguments, code, says
):
    arrange(index, tmp_path)

    found, out, err = ibid(*arguments)

    assert (found, out) == (code, "")
    lines = [line for line in err.splitlines() if line.startswith("error: ")]
    assert len(lines) == 1
    assert says in lines[0]
    assert "Traceback" not in err


def test_a_bad_setting_is_misuse(ibid, monkeypatch):
    monkeypatch.setenv("IBID_PORT", "high")

    code, _, err = ibid("status")

    assert (code, err) == (
        2,
        "error: IBID_PORT is 'high'; expected a whole number from 0 to 65535\n",
    )


def test_a_fault_of_the_program_is_one_line_without_a_trace(ibid, monkeypatch):
    def fail(*_):
        raise KeyError("x")

    monkeypatch.setattr("index.generation.Store.status", fail)

    code, out, err = ibid("status")

    assert (code, out) == (1, "")
    assert err.startswith("error: found an unexpected KeyError ('x'), expected none; ")
    assert len(err.splitlines()) == 1


def test_an_interrupted_command_ends_quietly(ibid, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("index.generation.Store.status", interrupt)

    assert ibid("status") == (130, "", "")


def test_the_version_is_shown(ibid):
    code, out, _ = ibid("--version")

    assert code == 0
    assert re.fullmatch(r"ibid \d[\w.]*\n", out)


@pytest.mark.parametrize("arguments", [["documents"], ["documents", "--json"], ["--help"]])
def test_a_reader_that_goes_away_is_no_trouble(index, arguments):
    command = [sys.executable, "-m", "service", *arguments]
    environ = {**os.environ, "IBID_STORE": str(index), "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environ
    ) as run:
        run.stdout.close()

        assert run.stderr.read() == b""
