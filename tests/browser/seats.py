"""Somebody at a browser: his own cookies, and what went wrong on his pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

WIDE = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
PATIENCE = 30_000


@dataclass
class Server:
    """The running program."""

    address: str
    var: Path
    environ: dict[str, str]


@dataclass
class Person:
    """Somebody at a browser, with the requests that left the site and the errors he met."""

    context: BrowserContext
    page: Page
    server: Any
    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def go(self, path: str) -> Page:
        """Open a page by its address."""
        self.page.goto(self.server.address + path)
        return self.page

    def sign_in(self, username: str, password: str) -> Page:
        """Sign in through the form."""
        self.go("/login/")
        self.page.get_by_label("用户名", exact=True).fill(username)
        self.page.get_by_label("密码", exact=True).fill(password)
        self.page.get_by_role("button", name="登录", exact=True).click()
        return self.page

    def menu(self, *words: str) -> Page:
        """Walk the menu on the left by its words, opening groups on the way."""
        for word in words[:-1]:
            group = self.page.locator(
                ".menu details", has=self.page.locator("summary", has_text=word)
            )
            if group.get_attribute("open") is None:
                group.locator("summary").click()
        self.page.locator(".menu").get_by_role("link", name=words[-1], exact=True).click()
        return self.page

    def check(self) -> None:
        """Nothing left the site and no script broke."""
        assert self.outside == []
        assert self.errors == []


@contextmanager
def seats(chromium: Browser, server: Any) -> Iterator[Any]:
    """Give a function that seats somebody at a new browser; all leave together."""
    seated: list[Person] = []

    def seat(viewport: dict[str, int] | None = None, *, touch: bool = False) -> Person:
        context = chromium.new_context(
            locale="zh-CN", timezone_id="Asia/Shanghai", viewport=viewport or WIDE,
            has_touch=touch,
        )  # fmt: skip
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        someone = Person(context, page, server)
        page.on("request", lambda request: _note(someone, request.url))
        page.on("pageerror", lambda error: someone.errors.append(str(error)))
        page.on("console", lambda entry: _complain(someone, entry))
        seated.append(someone)
        return someone

    yield seat
    for someone in seated:
        someone.context.close()


def _note(someone: Person, url: str) -> None:
    if not url.startswith((someone.server.address, "data:", "blob:", "about:")):
        someone.outside.append(url)


def _complain(someone: Person, entry: Any) -> None:
    if entry.type == "error" and "status of 4" not in entry.text:
        someone.errors.append(entry.text)
