"""Debian's Chromium for tests, and pages of the application served to it without a network."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, Route, sync_playwright

APP = Path(__file__).resolve().parents[1] / "app"
HOME = "http://city.test"
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run", "--disable-quic",
    "--lang=zh-CN",
]  # fmt: skip


@contextmanager
def launched() -> Iterator[Browser]:
    """Give the browser the system has, or the one fetched for somebody without root rights."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or "/usr/bin/chromium",
            args=FLAGS, env={**os.environ, "LANGUAGE": "zh_CN"},
        )  # fmt: skip
        yield browser
        browser.close()


def serve(page: Page, client: FlaskClient) -> list[str]:
    """Let a page see the application as a signed-in client does; every other host is silent.

    Gives the list that tells, as time goes by, which addresses were really asked for.
    """
    asked: list[str] = []
    page.route("**/*", lambda route: _answer(route, client, asked))
    return asked


def _answer(route: Route, client: FlaskClient, asked: list[str]) -> None:
    sent = route.request
    asked.append(sent.url)
    if not sent.url.startswith(HOME):
        route.abort()
        return
    path = sent.url.removeprefix(HOME)
    if path.startswith("/static/"):
        route.fulfill(path=APP / path.split("?")[0].lstrip("/"))
        return
    found: Any = (
        client.post(path, data=sent.post_data_buffer, content_type=sent.headers["content-type"])
        if sent.method == "POST"
        else client.get(path)
    )
    route.fulfill(status=found.status_code, body=found.data, headers=dict(found.headers))
