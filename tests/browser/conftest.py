"""A real server, a real worker, a real Chromium."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run", "--disable-quic",
]  # fmt: skip
WIDE = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}


@dataclass
class Server:
    """The running program."""

    address: str
    var: Path
    environ: dict[str, str]

    def flask(self, *arguments: str) -> str:
        """Run one of the program's commands beside the server."""
        done = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "run", *arguments],
            cwd=ROOT, env=self.environ, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve web and worker on an empty city, as ``make run`` does."""
    var = tmp_path_factory.mktemp("served")
    port = _free_port()
    environ = {**os.environ, "VAR": str(var), "DEMO": "0", "PYTHONPATH": str(ROOT)}
    server = Server(f"http://127.0.0.1:{port}", var, environ)
    server.flask("prepare")
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-k", "gthread", "-w", "1", "--threads", "4",
             "--no-control-socket", "-b", f"127.0.0.1:{port}", "run:app"],
            cwd=ROOT, env=environ, stdout=subprocess.DEVNULL, stderr=(var / "web.log").open("w"),
        ),
        subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "run", "worker"],
            cwd=ROOT, env=environ, stdout=subprocess.DEVNULL, stderr=(var / "worker.log").open("w"),
        ),
    ]  # fmt: skip
    try:
        _wait(server.address + "/healthz", var / "web.log")
        yield server
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(timeout=20)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(url: str, log: Path) -> None:
    for _try in range(120):
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.5)
    raise AssertionError(log.read_text()[-3000:])


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start Debian's Chromium."""
    found = shutil.which("chromium") or "/usr/bin/chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Person:
    """Somebody at a browser: his own cookies, and what went wrong on his pages."""

    context: BrowserContext
    page: Page
    server: Server
    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def go(self, path: str) -> Page:
        """Open a page by its address."""
        self.page.goto(self.server.address + path)
        return self.page

    def sign_in(self, username: str, password: str) -> Page:
        """Sign in through the form."""
        self.go("/login/")
        self.page.get_by_label("用户名", exact=False).first.fill(username)
        self.page.get_by_label("密码", exact=False).first.fill(password)
        self.page.get_by_role("button", name="登录").click()
        return self.page

    def check(self) -> None:
        """Nothing left the site and no script broke."""
        assert self.outside == []
        assert self.errors == []


@pytest.fixture
def person(chromium: Browser, server: Server) -> Iterator[Any]:
    """Give a function that seats somebody at a new browser."""
    seated: list[Person] = []

    def seat(viewport: dict[str, int] | None = None, *, touch: bool = False) -> Person:
        context = chromium.new_context(
            locale="zh-CN", timezone_id="Asia/Shanghai", viewport=viewport or WIDE,
            has_touch=touch,
        )  # fmt: skip
        page = context.new_page()
        page.set_default_timeout(15_000)
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


@pytest.fixture(scope="session")
def shots() -> Path:
    """Where pictures of screens go: the manual's folder when asked, else thrown away."""
    target = Path(os.environ.get("MANUAL_IMAGES", ROOT / ".cache" / "shots"))
    target.mkdir(parents=True, exist_ok=True)
    return target
