"""Templates become pages: every value is escaped, and a name that nobody gave is an error."""

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from console import settings, words
from console.headers import HEADERS
from console.reasons import reason_title
from console.telling import histories
from fulfillment.domain.model.holds import holds_in_words

TEMPLATES = Environment(
    loader=PackageLoader("console"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
TEMPLATES.filters.update(words.FILTERS)
TEMPLATES.filters.update(
    of_order=histories.of_order, of_purchase=histories.of_purchase, who=histories.who,
    setting_title=settings.title, setting=settings.setting, holds=holds_in_words,
    reason_title=reason_title,
)  # fmt: skip


def page(template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """The template filled with the values, as an answer that the browser holds to our policy."""
    text = TEMPLATES.get_template(template).render(values)
    return HTMLResponse(text, status, HEADERS)
