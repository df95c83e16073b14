from __future__ import annotations

import pytest


def test_a_file_that_is_still_there_is_read_in_place_of_the_index(book, read_from, tmp_path, spans):
    path = tmp_path / "mill.txt"
    path.write_bytes(book.document.source.encode())

    library = read_from(path)

    assert library.files_found() == 1
    assert library.slices(book.document.id, spans((0, 8))) == ["The mill"]


def test_a_file_that_was_moved_is_found_by_name(book, read_from, tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "mill.txt").write_bytes(book.document.source.encode())

    library = read_from("gone/mill.txt", folders=[tmp_path])

    assert library.files_found() == 1


def test_a_file_with_other_bytes_is_not_believed(book, read_from, tmp_path, spans):
    path = tmp_path / "mill.txt"
    path.write_bytes(b"Another mill altogether")

    library = read_from(path)

    assert library.files_found() == 0
    assert library.slices(book.document.id, spans((0, 8))) == ["The mill"]


def test_a_converted_file_is_read_from_the_index(book, read_from, tmp_path):
    """Offsets count in what it was converted to, not in its bytes."""
    path = tmp_path / "mill.html"
    path.write_bytes(book.document.source.encode())

    assert read_from(path).files_found() == 0


@pytest.mark.parametrize("name", ["mill.txt", "id"])
def test_a_document_is_found_by_file_name_and_id(book, library, name):
    asked = book.document.id if name == "id" else name

    assert library.find(asked) == book.document.id


def test_a_document_that_is_not_there_is_not_found(library):
    assert library.find("other.txt") is None
