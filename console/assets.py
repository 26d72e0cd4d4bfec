"""Styles and scripts of the pages, served beside them."""

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

PATH = "/assets"


def install(app: FastAPI) -> None:
    """Serve them under their path."""
    app.mount(PATH, StaticFiles(packages=[("console", "static")]), name="assets of the pages")
