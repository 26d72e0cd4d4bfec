"""The page at /docs, with everything it loads: of no other host."""

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

PAGE = "/docs"
ASSETS = f"{PAGE}/assets"
PACKAGE = ("fastapi_offline", "static")
"""The package that carries Swagger UI's files; no code of it is used."""

LOOKS = {
    # Swagger UI would ask an online service whether the document is valid.
    "validatorUrl": None,
    # A key that was typed in is forgotten with the page.
    "persistAuthorization": False,
    "tryItOutEnabled": True,
    "defaultModelsExpandDepth": 0,
}

POLICY = (
    "default-src 'none'; connect-src 'self'; img-src 'self' data:; base-uri 'none';"
    " script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'"
)
"""The browser holds the page to it, whatever a later Swagger UI may want to load."""


def install(app: FastAPI) -> None:
    """Serve the page and its assets; the app itself was made without a page."""
    app.mount(ASSETS, StaticFiles(packages=[PACKAGE]), name="documentation assets")
    app.add_route(PAGE, lambda _: _page(app), include_in_schema=False)


def _page(app: FastAPI) -> Response:
    page = get_swagger_ui_html(
        openapi_url=str(app.openapi_url),
        title=f"{app.title} API",
        swagger_js_url=f"{ASSETS}/swagger-ui-bundle.js",
        swagger_css_url=f"{ASSETS}/swagger-ui.css",
        swagger_favicon_url=f"{ASSETS}/favicon.png",
        swagger_ui_parameters=LOOKS,
    )
    page.headers["Content-Security-Policy"] = POLICY
    return page
