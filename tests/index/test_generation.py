from __future__ import annotations

import json
import shutil

import pytest

from corpus.reading import READER_VERSION
from index.errors import DamagedStore, ForeignFormat, NoStore, StoreBusy
from index.generation import Store
from index.manifest import read_manifest


def current_folder(store):
    return store.folder(store.current())


def files_of(store):
    return list(read_manifest(current_folder(store)).files)


def test_a_generation_holds_the_same_rows_everywhere(built):
    with built.open() as index:
        rows = range(len(index.documents))

        assert len(rows) == index.manifest.passages == len(index.dense)
        assert len(rows) == len(index.lexical) == len(index.tokens)
        for passage in index.documents.passages(rows):
            vector = index.encoder.encode(index.documents.embedded([passage.row])).sentence
            assert index.dense.search(vector, 1).rows[0, 0] == passage.row
            first = passage.text.split(".")[0]
            assert index.lexical.search(first, 1)[0][0] == passage.row


def test_tokens_stand_in_the_passage_where_their_offsets_say(built):
    with built.open() as index:
        passage = index.documents.passages([0])[0]
        offsets = index.tokens.offsets(0)

    inside = [passage.text[start:end] for start, end in offsets if start >= 0]
    assert "".join(inside) == "".join(passage.text.split())
    assert len(inside) < len(offsets), "the headings are encoded with the passage"


def test_the_manifest_says_what_is_in_the_index(built):
    manifest = built.manifest()

    assert manifest.generation == built.current()
    assert manifest.model.name == "tiny/words"
    assert (manifest.documents, manifest.token_dimension) == (3, 24)
    assert sum(manifest.readings.values()) == 3
    assert next(iter(manifest.readings)).startswith(f"reader {READER_VERSION}, passages {{")


def test_the_status_is_told_without_opening(built):
    status = built.status()

    assert status.manifest == built.manifest()
    assert status.generations == (built.current(),)
    assert status.size_bytes == sum(
        path.stat().st_size
        for path in current_folder(built).rglob("*")
        if path.is_file() and path.name != "manifest.json" and path.suffix != ".lock"
    )
    assert status.cache_bytes > 0


@pytest.mark.parametrize(
    ("make", "found"),
    [
        (lambda _: None, "found nothing"),
        (lambda path: path.mkdir(), "found a folder without an index"),
        (lambda path: path.write_text("a book"), "found a file"),
    ],
    ids=["nothing", "folder", "file"],
)
def test_where_there_is_no_index_the_error_says_what_there_is(tmp_path, make, found):
    make(tmp_path / "store")

    with pytest.raises(NoStore, match=f"{found}, expected an index; build one with"):
        Store(tmp_path / "store").open()


def test_asking_for_an_index_makes_no_folder(tmp_path):
    store = Store(tmp_path / "store")

    assert store.current() is None
    assert store.generations() == []
    assert not store.path.exists()


@pytest.mark.parametrize("damage", ["missing", "empty", "cut short", "one bit"])
def test_every_damaged_file_is_found_and_named(built, damage):
    for name in files_of(built):
        path = current_folder(built) / name
        contents = path.read_bytes()
        if damage == "missing":
            path.unlink()
        elif damage == "one bit":
            path.write_bytes(contents[:-1] + bytes([contents[-1] ^ 1]))
        else:
            path.write_bytes(contents[:-1] if damage == "cut short" else b"")

        with pytest.raises(DamagedStore, match=r"found .*, expected .*--rebuild") as caught:
            built.open()

        assert caught.value.path == path
        path.write_bytes(contents)
    built.verify()


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text.replace('"passages": ', '"passages": 1'),
        lambda text: text[:200],
        lambda _: "[]",
    ],
    ids=["changed", "cut short", "other"],
)
def test_a_damaged_manifest_is_noticed(built, damage):
    path = current_folder(built) / "manifest.json"
    path.write_text(damage(path.read_text()))

    with pytest.raises(DamagedStore, match=r"manifest\.json"):
        built.open()


def test_an_index_of_another_format_is_refused(built):
    path = current_folder(built) / "manifest.json"
    path.write_text(json.dumps({"format": 99, "what": "nobody knows yet"}))

    with pytest.raises(ForeignFormat, match=r"format 99, expected format 1; .*--rebuild"):
        built.open()


@pytest.mark.parametrize("pointer", ["", "../../etc", "a b", "\x00"])
def test_a_pointer_that_names_no_generation_is_refused(built, pointer):
    (built.path / "CURRENT").write_text(pointer)

    with pytest.raises(DamagedStore, match="CURRENT"):
        built.open()


def test_a_pointer_to_a_generation_that_is_gone_is_damage(built):
    shutil.rmtree(current_folder(built))

    with pytest.raises(DamagedStore, match=r"manifest\.json.*found no such file"):
        built.open()


def test_large_files_are_hashed_only_when_asked(built, monkeypatch):
    monkeypatch.setattr("index.manifest.QUICKLY_HASHED_BYTES", 0)
    path = current_folder(built) / "tokens.vectors"
    path.write_bytes(bytes(path.stat().st_size))

    built.open().close()

    with pytest.raises(DamagedStore, match=r"tokens\.vectors"):
        built.verify()


def test_what_is_open_outlives_the_generations_after_it(built, library):
    """A server goes on answering while its library is indexed three times over."""
    with built.open() as index:
        for n in range(3):
            (library / "bread.txt").write_text(f"Bread, the {n}th time. And again.")
            built.index(library)
        assert index.name not in built.generations()

        passages = index.documents.passages(range(len(index.documents)))
        vectors = index.encoder.encode([passage.text for passage in passages]).sentence
        found = index.dense.search(vectors, 1)
        words = index.lexical.search("commission", 1)
        tokens = [index.tokens.vectors(row) for row in range(len(passages))]

        assert found.rows.shape == (len(passages), 1)
        assert "commission" in passages[words[0][0]].text
        assert all(len(vectors) for vectors in tokens)


def test_the_last_two_generations_are_kept(built, library):
    names = [built.current()]
    for n in range(3):
        (library / "bread.txt").write_text(f"Bread, the {n}th time. And again.")
        built.index(library)
        names.append(built.current())

    assert built.generations() == sorted(names[-2:])
    assert not list((built.path / "generations").glob(".*"))


def test_only_one_build_has_the_store(store):
    with (
        store.locked(),
        pytest.raises(StoreBusy, match="found another build at work"),
        store.locked(),
    ):
        pass
    with store.locked():
        pass


def test_a_lock_that_a_dead_process_left_behind_holds_nobody_up(store):
    store.path.mkdir()
    (store.path / "build.lock").write_text("12345")

    with store.locked():
        assert store.current() is None


def test_a_store_cannot_be_made_where_a_file_stands(store):
    store.path.write_text("a book")

    with pytest.raises(NoStore, match="found a file"), store.locked():
        pass


def test_a_reader_that_comes_between_two_builds_finds_the_newer_one(built, library, monkeypatch):
    """The generation that a reader has just looked up may be gone before it is opened."""
    looked_up = [built.current()]
    for n in range(2):
        (library / "bread.txt").write_text(f"Bread, the {n}th time. And again.")
        built.index(library)
    newest = built.current()
    monkeypatch.setattr(built, "current", lambda: looked_up.pop() if looked_up else newest)

    with built.open() as index:
        assert index.name == newest
