"""Templates become pages: every value is escaped, and a name that nobody gave is an error."""

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from console import words
from console.headers import HEADERS

TEMPLATES = Environment(
    loader=PackageLoader("console"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
TEMPLATES.filters.update(words.FILTERS)


def page(template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """The template filled with the values, as an answer that the browser holds to our policy."""
    text = TEMPLATES.get_template(template).render(values)
    return HTMLResponse(text, status, HEADERS)
