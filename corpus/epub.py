"""Takes the chapters of an EPUB out of their archive, in reading order, as one page."""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Iterator
from urllib.parse import unquote, urldefrag

from bs4 import BeautifulSoup, Tag

from corpus.front_matter import front_matter
from corpus.markup import body_to_markdown, soup_of


def epub_to_markdown(raw: bytes) -> str:
    """Convert a book; links from one of its files to another hold in the whole.

    Raises:
        KeyError: If a file is missing that the book names.
    """
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        container = _soup(archive, "META-INF/container.xml")
        rootfile = container.find("rootfile")
        if not isinstance(rootfile, Tag):
            raise KeyError("META-INF/container.xml names no package")
        package = str(rootfile["full-path"])
        listing = _soup(archive, package)
        whole = BeautifulSoup("<body></body>", "html.parser")
        body = whole.body
        assert body is not None
        for name in _reading_order(listing, posixpath.dirname(package)):
            for child in _chapter(archive, name):
                body.append(child)
    text = body_to_markdown(body)
    front = front_matter(_said(listing, "dc:title"), _said(listing, "dc:creator"))
    return "\n\n".join(filter(None, (front, text)))


def _soup(archive: zipfile.ZipFile, name: str) -> BeautifulSoup:
    return soup_of(archive.read(name))


def _said(listing: BeautifulSoup, name: str) -> str:
    return ", ".join(" ".join(tag.get_text().split()) for tag in listing.find_all(name))


def _reading_order(listing: BeautifulSoup, folder: str) -> Iterator[str]:
    files = {str(item.get("id")): str(item.get("href")) for item in listing.find_all("item")}
    for item in listing.find_all("itemref"):
        if href := files.get(str(item.get("idref"))):
            yield posixpath.normpath(posixpath.join(folder, unquote(href)))


def _chapter(archive: zipfile.ZipFile, name: str) -> list[Tag]:
    """Give what stands in one file, with ids and links that hold across all of them."""
    soup = _soup(archive, name)
    body = soup.body or soup
    for tag in body.find_all(True):
        for key in ("id", "name"):
            if tag.get(key):
                tag[key] = f"{name}#{tag[key]}"
        if tag.name == "a" and tag.get("href"):
            tag["href"] = _whole_link(str(tag["href"]), name)
    return [child.extract() for child in list(body.children)]  # type: ignore[misc]


def _whole_link(href: str, name: str) -> str:
    file, fragment = urldefrag(href)
    if "://" in file:
        return href
    path = posixpath.join(posixpath.dirname(name), unquote(file)) if file else name
    return f"#{posixpath.normpath(path)}#{fragment}"
