"""What every page stands on: escaping, and what the browser is told to hold it to."""

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
