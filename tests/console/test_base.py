"""What every page stands on: escaping, and what the browser is told to hold it to."""

import re
from pathlib import Path

import pytest
from jinja2 import DictLoader, UndefinedError

from console import rendering
from console.headers import HEADERS


@pytest.fixture
def templates(monkeypatch):
    def install(**texts: str) -> None:
        overlaid = rendering.TEMPLATES.overlay(loader=DictLoader(texts))
        monkeypatch.setattr(rendering, "TEMPLATES", overlaid)

    return install


def test_a_stored_script_is_shown_and_not_run(templates):
    templates(one="<p>{{ note }}</p>")
    answer = rendering.page("one", note="<script>alert(1)</script>")
    assert answer.body == b"<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"


def test_a_name_that_nobody_gave_is_an_error(templates):
    templates(one="{{ missing }}")
    with pytest.raises(UndefinedError):
        rendering.page("one")


def test_every_page_carries_the_policy(templates):
    templates(one="-")
    answer = rendering.page("one", status=404)
    assert answer.status_code == 404
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert "unsafe" not in HEADERS["Content-Security-Policy"]


TEMPLATES = sorted((Path(rendering.__file__).parent / "templates").rglob("*.html"))
WORDS_OF_JINJA = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}", re.DOTALL)
SCRIPT_TAG = '<script src="/assets/renew.js" defer></script>'


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda one: one.name)
def test_no_template_has_a_script_or_a_style_of_its_own(template):
    text = template.read_text(encoding="utf-8").replace(SCRIPT_TAG, "").lower()
    assert "<script" not in text
    assert "<style" not in text
    assert "javascript:" not in text
    assert not re.search(r"<[^>]*\s(on[a-z]+|style)\s*=", WORDS_OF_JINJA.sub("", text))
