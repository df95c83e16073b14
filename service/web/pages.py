"""Write the pages: templates that escape all they are given, and a policy that allows no script."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from index.documents import StoredDocument
from service.problems import ProblemBody
from service.web.description import Operation
from service.web.reading import ReadingPage

_FOLDER = Path(__file__).parent
_STYLE = (_FOLDER / "page.css").read_text(encoding="utf-8")
_STYLE_DIGEST = b64encode(sha256(_STYLE.encode()).digest()).decode()

HEADERS = {
    # The page's own style is named by its digest, and nothing else may load, run or frame it.
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_DIGEST}'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
"""What every page is sent with."""

_TEMPLATES = Environment(
    loader=FileSystemLoader(_FOLDER),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
# The one text that is not escaped is the project's own style sheet.
_TEMPLATES.globals["style"] = Markup(_STYLE)


def reading_page(
    document: StoredDocument, page: ReadingPage, *, earlier: str | None, later: str | None
) -> str:
    """Write the page that shows a stretch of a document.

    Args:
        document: The document.
        page: What to show of it.
        earlier: Link to what stands before; None at the beginning.
        later: Link to what stands behind; None at the end.
    """
    template = _TEMPLATES.get_template("reading.html")
    return template.render(document=document, page=page, earlier=earlier, later=later)


def description_page(*, title: str, version: str, operations: Sequence[Operation]) -> str:
    """Write the page that describes the interface."""
    template = _TEMPLATES.get_template("description.html")
    return template.render(title=title, version=version, operations=operations)


def problem_page(problem: ProblemBody) -> str:
    """Write the page that tells a person of an error."""
    return _TEMPLATES.get_template("problem.html").render(problem=problem)
