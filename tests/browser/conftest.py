"""A real server, a real worker, a real Chromium."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.acts.registration import CAPTCHA
from tests.browser.seats import Server, seats
from tests.chromium import launched

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Running(Server):
    """The program as the tests started it."""

    def flask(self, *arguments: str) -> str:
        """Run one of the program's commands beside the server."""
        done = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "run", *arguments],
            cwd=ROOT, env=self.environ, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Serve web and worker on an empty city, as ``make run`` does."""
    with _served(tmp_path_factory.mktemp("served")) as running:
        yield running


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Serve the demonstration city."""
    with _served(tmp_path_factory.mktemp("demo"), "demo") as running:
        yield running


@contextmanager
def _served(var: Path, *commands: str) -> Iterator[Running]:
    port = _free_port()
    environ = {
        **os.environ, "VAR": str(var), "DEMO": "1" if commands else "0",
        "CAPTCHA_ANSWER": CAPTCHA, "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    running = Running(f"http://127.0.0.1:{port}", var, environ)
    for command in ("prepare", *commands):
        running.flask(command)
    started = [
        _start(running, "web", "gunicorn", "-w", "1", "--threads", "4",
               "--no-control-socket", "-b", f"127.0.0.1:{port}", "run:app"),
        _start(running, "worker", "flask", "--app", "run", "worker"),
    ]  # fmt: skip
    try:
        _wait(running.address + "/healthz", var / "web.log")
        yield running
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(timeout=20)


def _start(running: Running, name: str, *words: str) -> subprocess.Popen[bytes]:
    with (running.var / f"{name}.log").open("w") as log:
        return subprocess.Popen(
            [sys.executable, "-m", *words],
            cwd=ROOT, env=running.environ, stdout=subprocess.DEVNULL, stderr=log,
        )  # fmt: skip


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
    with launched() as browser:
        yield browser


@pytest.fixture
def person(chromium: Browser, server: Any) -> Iterator[Any]:
    """Give a function that seats somebody at a new browser."""
    with seats(chromium, server) as seat:
        yield seat


@pytest.fixture(scope="session")
def shots() -> Path:
    """Where pictures of screens go: the manual's folder when asked, else thrown away."""
    target = Path(os.environ.get("MANUAL_IMAGES", ROOT / ".cache" / "shots"))
    target.mkdir(parents=True, exist_ok=True)
    return target
