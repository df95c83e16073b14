"""Write the pages: templates that escape all they are given, and a policy that allows no script."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from index.document_tables import DocumentSummary
from index.stored_document import StoredDocument
from rag.interpreter import LONGEST_QUESTION
from service.problems import ProblemBody
from service.schemas import DOCS_PATH, VIEW_PATH
from service.web.description import Operation
from service.web.reading import ReadingPage
from service.web.saying import Saying

_FOLDER = Path(__file__).parent
_STYLE = (_FOLDER / "page.css").read_text(encoding="utf-8")
_STYLE_DIGEST = b64encode(sha256(_STYLE.encode()).digest()).decode()

HEADERS = {
    # The page's own style is named by its digest, and nothing else may load, run or frame it.
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_DIGEST}'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
"""What every page is sent with."""

_MARK = re.compile(r"\[\^([^\]\s]{1,20})\]")
_CODE = re.compile(r"`([^`]+)`")


def _with_marks(text: str) -> Markup:
    """Write text with the author's marks as a book has them."""
    return Markup(_MARK.sub(r"<sup>\1</sup>", str(escape(text))))


def _with_code(text: str) -> Markup:
    """Write text with what stands between backticks as code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))


_TEMPLATES = Environment(
    loader=FileSystemLoader(_FOLDER),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters |= {"with_marks": _with_marks, "with_code": _with_code}
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


def home_page(documents: Sequence[DocumentSummary], said: Saying | None) -> str:
    """Write the page to begin with.

    Args:
        documents: What the library holds.
        said: A question with its answer, if one was asked.
    """
    return _TEMPLATES.get_template("home.html").render(
        documents=documents,
        said=said,
        longest=LONGEST_QUESTION,
        view=VIEW_PATH.lstrip("/"),
        docs=DOCS_PATH.lstrip("/"),
    )


def description_page(*, title: str, version: str, operations: Sequence[Operation]) -> str:
    """Write the page that describes the interface."""
    template = _TEMPLATES.get_template("description.html")
    return template.render(title=title, version=version, operations=operations)


def problem_page(problem: ProblemBody) -> str:
    """Write the page that tells a person of an error."""
    return _TEMPLATES.get_template("problem.html").render(problem=problem)
