from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from corpus.catalog import Catalog, Entry
from corpus.errors import NothingToRead
from corpus.passages import PassageConfig
from index.adapter import Facts, open_adapter, write_adapter
from index.build import BuildConfig, build, remove
from index.encoder import Precision
from index.errors import (
    DamagedStore,
    ForeignModel,
    LastDocument,
    ModelUnavailable,
    NoStore,
    NothingIndexed,
    StoreBusy,
    UnknownDocument,
)
from tests.index.conftest import tiny_exporter


def actions(report):
    return {outcome.file: outcome.action for outcome in report.outcomes}


def files(store):
    with store.open() as index:
        return [summary.file for summary in index.documents.catalogue()]


def contents(store):
    """Everything of a store's current generation that does not depend on when it was made."""
    with store.open() as index:
        rows = range(len(index.documents))
        return (
            index.documents.passages(rows),
            index.dense.vectors(rows).tobytes(),
            [index.tokens.vectors(row).tobytes() for row in rows],
            index.lexical.search("the winter paper works", 99),
        )


class Stages:
    """Hears a build, and may end it at some stage."""

    def __init__(self, end_at=None, end=None):
        self.heard = []
        self._end_at, self._end = end_at, end

    def start(self, stage, total):
        self.heard.append((stage, total))
        if stage == self._end_at:
            self._end()

    def advance(self, n, detail=""):
        self.heard.append((n, detail))

    def finish(self):
        self.heard.append("finish")


def test_a_folder_becomes_an_index(store, library):
    report = store.index(library)

    assert actions(report) == {"bread.txt": "added", "letters.md": "added", "rails.txt": "added"}
    assert (report.documents, report.passages, report.unchanged) == (3, report.encoded, False)
    assert report.generation == store.current()
    assert report.outcomes[0].title == "The Bread of the Winter"
    assert report.outcomes[0].summary.marks_joined == 1


def test_a_second_run_without_changes_writes_nothing(built, library):
    before = {path: path.stat().st_mtime_ns for path in built.path.rglob("*") if path.is_file()}

    report = built.index(library)

    after = {path: path.stat().st_mtime_ns for path in built.path.rglob("*") if path.is_file()}
    assert report.unchanged
    assert set(actions(report).values()) == {"kept"}
    assert after.keys() == before.keys()
    assert all(after[path] == before[path] for path in before if path.name != "build.lock")


def test_a_second_run_without_changes_neither_reads_nor_loads_a_model(built, library):
    probe = (
        "import sys; from pathlib import Path; import index.intake; from index.build import build;"
        "index.intake.read_file = None; "
        f"report = build(Path({str(built.path)!r}), [Path({str(library)!r})]);"
        "assert report.unchanged;"
        "print(*sorted({'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)

    assert run.stdout.split() == []


def test_files_are_added_to_what_is_there(built, tmp_path):
    (tmp_path / "ink.txt").write_text("Ink froze in the bottles. The clerks wrote in pencil.")

    report = built.index(tmp_path / "ink.txt")

    assert actions(report) == {"ink.txt": "added"}
    assert files(built) == ["bread.txt", "ink.txt", "letters.md", "rails.txt"]
    assert report.encoded == 1


def test_the_order_in_which_files_come_leaves_no_trace(store, library, tmp_path, exporter):
    store.index(library)
    other = type(store)(tmp_path / "other", exporter)
    for name in ("rails.txt", "bread.txt", "letters.md"):
        other.index(library / name)

    assert contents(other) == contents(store)


def test_a_changed_file_takes_the_place_of_the_old_one(built, library):
    (library / "rails.txt").write_text("The rails were torn up again. Nobody asked for them.")

    report = built.index(library)

    assert actions(report)["rails.txt"] == "replaced"
    assert report.outcomes[-1].reason == "the file has changed"
    assert files(built) == ["bread.txt", "letters.md", "rails.txt"]
    with built.open() as index:
        assert index.lexical.search("planners", 9) == []
        assert index.lexical.search("torn", 9) != []


def test_only_what_has_changed_is_encoded(built, library):
    text = (library / "letters.md").read_text()
    (library / "letters.md").write_text(text.replace("dearer", "cheaper"))

    assert built.index(library).encoded == 1


def test_the_same_bytes_are_indexed_once(built, library, tmp_path):
    copy = tmp_path / "copy.txt"
    copy.write_bytes((library / "bread.txt").read_bytes())
    (library / "twin.txt").write_bytes(copy.read_bytes())

    beside = built.index(library)
    elsewhere = built.index(copy)

    assert actions(beside)["twin.txt"] == "skipped"
    assert "the same bytes as" in beside.outcomes[-1].reason
    assert "bread.txt" in beside.outcomes[-1].reason
    assert actions(elsewhere) == {"copy.txt": "skipped"}
    assert elsewhere.unchanged
    assert files(built) == ["bread.txt", "letters.md", "rails.txt"]


def test_a_file_that_has_moved_is_followed(built, library):
    (library / "bread.txt").rename(library / "loaves.txt")

    report = built.index(library)

    assert actions(report)["loaves.txt"] == "replaced"
    assert files(built) == ["letters.md", "loaves.txt", "rails.txt"]
    assert report.encoded == 0


def test_two_files_may_change_places(built, library):
    (library / "bread.txt").rename(library / "was-bread")
    (library / "rails.txt").rename(library / "bread.txt")
    (library / "was-bread").rename(library / "rails.txt")

    built.index(library)

    assert files(built) == ["bread.txt", "letters.md", "rails.txt"]
    with built.open() as index:
        assert index.documents.find("rails.txt").title == "The Bread of the Winter"


BAD = {
    "empty.txt": b"",
    "blank.txt": b" \n\n ",
    "binary.txt": bytes(range(256)) * 9,
}


def test_a_file_that_cannot_be_read_costs_only_itself(store, library):
    for name, raw in BAD.items():
        (library / name).write_bytes(raw)

    report = store.index(library)

    skipped = {o.file: o.reason for o in report.outcomes if o.action == "skipped"}
    assert skipped.keys() == BAD.keys()
    assert all("found " in reason and "expected " in reason for reason in skipped.values())
    assert files(store) == ["bread.txt", "letters.md", "rails.txt"]


def test_when_nothing_can_be_read_the_store_stays_as_it_was(built, tmp_path):
    before = built.current()
    for name, raw in BAD.items():
        (tmp_path / name).write_bytes(raw)

    with pytest.raises(NothingIndexed, match=r"found no document in 3 file\(s\).*empty\.txt"):
        built.index(*(tmp_path / name for name in BAD))

    assert built.current() == before


def test_a_file_that_can_no_longer_be_read_keeps_its_last_version(built, library):
    (library / "rails.txt").write_bytes(b"")
    (library / "bread.txt").write_text("Bread again. It was grey.")

    report = built.index(library)

    assert actions(report)["rails.txt"] == "skipped"
    assert report.outcomes[-1].reason.endswith("the version indexed before stays")
    assert files(built) == ["bread.txt", "letters.md", "rails.txt"]


def test_a_path_that_is_not_there_is_refused_before_anything_is_made(store, tmp_path):
    with pytest.raises(NothingToRead):
        store.index(tmp_path / "no such folder")

    assert not store.path.exists()


def test_another_title_in_the_catalogue_is_taken_up(built, library):
    catalog = Catalog(by_file={"rails.txt": Entry("Rails Before Bread", "R. Author", 1931)})

    report = built.index(library, catalog=catalog)

    assert actions(report) == {"bread.txt": "kept", "letters.md": "kept", "rails.txt": "replaced"}
    assert report.outcomes[-1].title == "Rails Before Bread"
    assert built.index(library, catalog=catalog).unchanged
    assert built.index(library).unchanged, "an entry is not forgotten when none is given"


def test_other_passages_are_cut_anew(built, library, exporter):
    config = BuildConfig(passages=PassageConfig(target_chars=60, max_chars=90), exporter=exporter)

    report = built.index(library, config=config)

    assert set(actions(report).values()) == {"replaced"}
    assert report.outcomes[0].reason == "files are read in another way now"
    assert built.index(library, config=config).unchanged


def test_a_rebuild_holds_nothing_but_the_files_named(built, library):
    report = built.index(library / "rails.txt", rebuild=True)

    assert files(built) == ["rails.txt"]
    assert report.encoded == 0, "known texts are not encoded again"


@pytest.mark.parametrize("name", ["CURRENT", "tokens.ids", "manifest.json", "encoder/model.onnx"])
def test_a_damaged_store_is_refused_and_a_rebuild_mends_it(built, library, name):
    path = built.path / name if name == "CURRENT" else built.folder(built.current()) / name
    path.write_bytes(b"\x00 damaged")

    with pytest.raises(DamagedStore, match="--rebuild"):
        built.index(library)
    built.index(library, rebuild=True)

    assert files(built) == ["bread.txt", "letters.md", "rails.txt"]
    built.verify()


def test_another_model_is_refused_unless_the_store_is_rebuilt(built, library):
    other = {"model": "tiny/others", "config": BuildConfig(exporter=tiny_exporter(8))}

    with pytest.raises(
        ForeignModel, match="built with tiny/words in f32, expected tiny/others in f32"
    ):
        built.index(library, **other)
    built.index(library, rebuild=True, **other)

    assert built.manifest().model.name == "tiny/others"


def test_another_precision_is_another_model(built, library, exporter):
    config = BuildConfig(exporter=exporter, precision=Precision.INT8)

    with pytest.raises(ForeignModel, match="tiny/words in f32, expected tiny/words in int8"):
        built.index(library, config=config)


@pytest.fixture
def adapter(tmp_path):
    """An adapter of nothing."""
    write_adapter(tmp_path / "thin.safetensors", {}, Facts("thin", "weights", {}))
    return tmp_path / "thin.safetensors"


def test_an_adapter_is_named_with_its_digest_in_the_manifest(built, library, adapter):
    before = built.manifest().model

    built.index(library, adapter=adapter, rebuild=True)

    after = built.manifest().model
    assert before.adapter is None
    assert after.adapter == open_adapter(adapter).record
    assert after.digest != before.digest


def test_vectors_with_an_adapter_and_without_do_not_mix(built, library, adapter):
    with pytest.raises(ForeignModel, match="expected tiny/words with the adapter thin in f32"):
        built.index(library, adapter=adapter)
    report = built.index(library, adapter=adapter, rebuild=True)

    assert report.encoded == report.passages, "nothing is taken from the cache"
    with pytest.raises(ForeignModel, match="tiny/words with the adapter thin in f32, expected"):
        built.index(library, adapter=False)


def test_a_store_keeps_its_adapter_when_nothing_is_said_of_one(built, library, adapter, exporter):
    built.index(library, adapter=adapter, rebuild=True)
    digest = built.manifest().model.digest
    adapter.unlink()
    (library / "ink.txt").write_text("Ink froze in the bottles.")

    built.index(library)
    assert built.manifest().model.digest == digest
    build(built.path, [library], rebuild=True, config=BuildConfig(exporter=exporter))
    assert built.manifest().model.digest == digest


def test_without_a_model_the_store_goes_on_with_its_own(built, library):
    (library / "ink.txt").write_text("Ink froze in the bottles.")

    assert build(built.path, [library]).documents == 4
    assert built.index(library, model=None, rebuild=True).documents == 4
    assert built.manifest().model.name == "tiny/words"


def test_a_model_that_cannot_be_had_leaves_no_index(store, library):
    def unavailable(model, *_, **__):
        raise ModelUnavailable(model.name, "no connection")

    with pytest.raises(ModelUnavailable, match="found no connection"):
        store.index(library, config=BuildConfig(exporter=unavailable))

    assert store.current() is None
    assert store.generations() == []


def test_a_second_build_at_the_same_time_is_refused(built, library):
    with built.locked(), pytest.raises(StoreBusy, match="found another build at work"):
        built.index(library)


def test_a_build_tells_how_far_it_has_come(store, library):
    stages = Stages()

    report = store.index(library, progress=stages)

    heard = [stage[0] for stage in stages.heard if isinstance(stage[0], str) and stage != "finish"]
    steps = [n for n, _ in (pair for pair in stages.heard if isinstance(pair[0], int))]
    assert heard == ["read", "export", "encode", "check"]
    assert sum(steps) == 3 + report.passages
    details = [detail for _, detail in (pair for pair in stages.heard if isinstance(pair[0], int))]
    assert "notes in bread.txt" in details
    assert stages.heard.count("finish") == 4


class Interrupted(Exception):
    """Stands for whatever may go wrong."""


def interrupt():
    raise Interrupted


def kill():
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("stage", ["read", "export", "encode", "check"])
def test_a_build_that_fails_leaves_the_store_as_it_was(built, library, stage):
    before, found = built.current(), contents(built)
    (library / "rails.txt").write_text("The rails were torn up again.")

    with pytest.raises(Interrupted):
        built.index(library, progress=Stages(stage, interrupt), rebuild=True)

    assert (built.current(), built.generations()) == (before, [before])
    assert contents(built) == found
    assert not list((built.path / "generations").glob(".*"))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a process that was forked")
@pytest.mark.parametrize("stage", ["read", "encode", "check"])
def test_a_build_that_is_killed_leaves_the_store_as_it_was(built, library, stage):
    before, found = built.current(), contents(built)
    (library / "rails.txt").write_text("The rails were torn up again.")
    probe = (
        "import os, signal; from pathlib import Path; from index.build import build\n"
        "from tests.index.test_build import Stages, kill\n"
        f"build(Path({str(built.path)!r}), [Path({str(library)!r})], "
        f"progress=Stages({stage!r}, kill))"
    )
    run = subprocess.run([sys.executable, "-c", probe], cwd=Path(__file__).parents[2], check=False)

    assert run.returncode == -signal.SIGKILL
    assert built.current() == before
    assert contents(built) == found
    assert actions(built.index(library))["rails.txt"] == "replaced"
    assert not list((built.path / "generations").glob(".*"))


def test_a_document_is_removed(built):
    report = remove(built.path, "rails.txt")

    assert actions(report) == {"rails.txt": "removed"}
    assert report.documents == 2
    assert files(built) == ["bread.txt", "letters.md"]
    with built.open() as index:
        assert index.lexical.search("planners", 9) == []
        assert index.dense.vectors(range(report.passages)).shape == (report.passages, 24)


def test_removing_and_adding_again_gives_the_same_index(built, library):
    before = contents(built)

    remove(built.path, "rails")
    report = built.index(library)

    assert report.encoded == 0
    assert contents(built) == before


def test_what_is_not_there_is_not_removed(built, tmp_path):
    with pytest.raises(UnknownDocument, match=r"found no document 'rail\.txt'"):
        remove(built.path, "rail.txt")
    with pytest.raises(NoStore, match="found nothing"):
        remove(tmp_path / "no store", "rails.txt")
    assert not (tmp_path / "no store").exists()


def test_the_last_document_is_not_removed(store, library):
    store.index(library / "rails.txt")

    with pytest.raises(LastDocument, match=r"found 'rails\.txt' as the only document"):
        remove(store.path, "rails.txt")


def test_a_model_of_many_dimensions_is_cut_to_fewer(store, library):
    store.index(library, config=BuildConfig(exporter=tiny_exporter(256)))

    with store.open() as index:
        query = index.encoder.encode(["the empty carts"]).tokens[0]
        row = index.lexical.search("carts", 1)[0][0]
        similarities = index.tokens.project(query) @ index.tokens.vectors(row).T

    assert store.manifest().token_dimension == 192
    assert similarities.max(axis=1) == pytest.approx([1, 1, 1], abs=0.05)


def test_a_cache_that_was_deleted_or_damaged_is_made_anew(built, library):
    before = contents(built)
    for damage in (Path.unlink, lambda path: path.write_bytes(b"no database")):
        damage(built.cache_path)
        report = built.index(library, rebuild=True)

        assert report.encoded == report.passages
        assert contents(built) == before
