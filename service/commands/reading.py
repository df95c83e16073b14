"""``ibid index``, ``notes``, ``documents``, ``remove`` and ``status``: what is in the library."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.commands.options import DocumentArgument, JsonOption, StoreOption, store_of

if TYPE_CHECKING:
    from corpus.catalog import Catalog

CATALOG_FILE = "catalog.toml"


ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model",
        metavar="NAME",
        help="Embedding model: a sentence-transformers name or folder.",
        show_default="that of the index, or all-MiniLM-L6-v2",
    ),
]
AdapterOption = Annotated[
    Path | None,
    typer.Option(
        "--adapter",
        metavar="NAME|FILE",
        help="Adapter for the model: `scholarly`, or a file made by `ibid tune`.",
        show_default="that of the index, or the one that comes with the model",
    ),
]
NoAdapterOption = Annotated[
    bool, typer.Option("--no-adapter", help="The model as its authors published it.")
]
CatalogOption = Annotated[
    Path | None,
    typer.Option(
        "--catalog",
        metavar="FILE",
        exists=True,
        dir_okay=False,
        help="Titles, authors and years.",
        show_default=f"{CATALOG_FILE} in the folders",
    ),
]


def index(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH", help="Files or folders of books.")],
    store: StoreOption = None,
    model: ModelOption = None,
    adapter: AdapterOption = None,
    no_adapter: NoAdapterOption = False,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Start anew, in place of adding to what is there.")
    ] = False,
    catalog: CatalogOption = None,
) -> None:
    """Read, embed and index files or folders; add to what is there."""
    from index.build import build
    from service import printing
    from service.progress import ConsoleProgress

    if adapter is not None and no_adapter:
        raise typer.BadParameter("give --adapter or --no-adapter, not both")
    with ConsoleProgress(printing.progress_console()) as progress:
        report = build(
            store_of(context, store),
            paths,
            model=model,
            adapter=False if no_adapter else adapter,
            rebuild=rebuild,
            catalog=_catalog(paths, catalog),
            progress=progress,
        )
    printing.print_build(report)


def _catalog(paths: Sequence[Path], chosen: Path | None) -> Catalog:
    """Read the catalogue that was chosen, or those that lie in the folders to be indexed."""
    from corpus.catalog import Catalog, load_catalog

    if chosen is not None:
        return load_catalog(chosen)
    lying = [path / CATALOG_FILE for path in paths if (path / CATALOG_FILE).is_file()]
    entries = ChainMap(*(dict(load_catalog(path).by_file) for path in lying))
    return Catalog(by_file=entries)


def notes(
    context: typer.Context,
    document: DocumentArgument,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a document's notes, each with its mark."""
    from index.generation import Store
    from service import printing

    with Store(store_of(context, store)).open() as opened:
        found = opened.documents.document(opened.documents.find(document).id)
        printing.print_notes(found, as_json=as_json)


def documents(
    context: typer.Context, store: StoreOption = None, as_json: JsonOption = False
) -> None:
    """List the documents of the library."""
    from index.generation import Store
    from service import printing

    with Store(store_of(context, store)).open() as opened:
        printing.print_documents(opened.documents.catalogue(), as_json=as_json)


def remove(context: typer.Context, document: DocumentArgument, store: StoreOption = None) -> None:
    """Take a document out of the index, not off the disk."""
    from index.build import remove as remove_document
    from service import printing
    from service.progress import ConsoleProgress

    with ConsoleProgress(printing.progress_console()) as progress:
        report = remove_document(store_of(context, store), document, progress=progress)
    printing.print_removal(report)


def status(context: typer.Context, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Show what the index holds and how it was built."""
    from index.generation import Store
    from service import printing

    printing.print_status(Store(store_of(context, store)).status(), as_json=as_json)
