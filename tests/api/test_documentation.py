"""The page at /docs and what it loads come from the API itself."""

import re

import httpx
import pytest

LOADED = re.compile(r"""(?:src|href)=["']([^"']+)["']""")


@pytest.fixture
def anyone(shared):
    with httpx.Client(base_url=shared.url) as client:
        yield client


def test_page_names_no_other_host_when_it_is_opened(anyone):
    page = anyone.get("/docs")

    assert page.status_code == 200
    assert not re.search(r"(?:https?:)?//\w", page.text)
    assert 'validatorUrl": null' in page.text
    assert 'persistAuthorization": false' in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


def test_everything_the_page_loads_is_there_when_nobody_is_signed_in(anyone):
    page = anyone.get("/docs").text
    loaded = LOADED.findall(page)

    assert len(loaded) == 3
    for path in loaded:
        answer = anyone.get(path)
        assert answer.status_code == 200, path
        assert len(answer.content) > 500
        assert (
            anyone.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
        )
    assert "url: '/openapi.json'" in page
    assert anyone.get("/openapi.json").json()["info"]["title"] == "Pegboard"


def test_styles_load_nothing_from_elsewhere_when_they_are_read(anyone):
    styles = anyone.get("/docs/assets/swagger-ui.css").text

    assert "@import" not in styles
    assert not re.search(r"url\([\"']?(?:https?:)?//", styles)


@pytest.mark.parametrize(
    "path", ["/docs/assets/../core.py", "/docs/assets/%2e%2e/core.py", "/docs/assets/nothing.js"]
)
def test_only_the_assets_are_served_when_something_else_is_asked_for(anyone, path):
    answer = anyone.get(path)

    assert answer.status_code == 404
    assert answer.json()["code"] == "unknown_path"


def test_the_root_leads_to_the_sign_in_and_from_there_to_the_page(shared):
    answer = httpx.get(f"{shared.url}/")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")
    assert 'href="/docs"' in httpx.get(f"{shared.url}/", follow_redirects=True).text
