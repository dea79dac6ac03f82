"""Serve the program on one machine: database, web server and worker, until Ctrl-C.

Prepares the database, makes the demonstration city once (unless DEMO=0), starts gunicorn and
the worker, prints where to go and who may sign in, and stops everything together.
PORT, HOST, DEMO and VAR are read from the environment.
"""

# ruff: noqa: S310, S603 - it runs the commands and asks the address it made itself

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from types import FrameType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
FLASK = [sys.executable, "-m", "flask", "--app", "run"]
START_SECONDS, STOP_SECONDS, POLL_SECONDS = 120, 25, 0.2


class Stop(Exception):
    """Somebody asked the program to end."""


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise Stop


def hold_database() -> None:
    """Start the embedded database and keep it until this process ends; stop the dead's claims."""
    import config
    from app.core import postgres

    if os.environ.get("DATABASE_URL"):
        return
    data = Path(config.Config.VAR) / "pg"
    postgres.embedded(data)
    claims = data / ".handle_pids.json"
    alive = [pid for pid in json.loads(claims.read_text()) if Path(f"/proc/{pid}").exists()]
    claims.write_text(json.dumps(alive))


def prepare() -> dict[str, Any]:
    """Migrate and load; make or read the demonstration city and give it."""
    import config

    subprocess.run([*FLASK, "prepare"], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    if not config.flag("DEMO", default=True):
        return {}
    print("demonstration city ...", flush=True)
    made = subprocess.run(
        [*FLASK, "demo", "--json"], check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    found: dict[str, Any] = json.loads(made.stdout)
    return found


def start() -> list[subprocess.Popen[bytes]]:
    """Start the web server and the worker, each in a session of its own."""
    commands = [
        [sys.executable, "-m", "gunicorn", "-c", str(ROOT / "gunicorn.conf.py"), "run:app"],
        [*FLASK, "worker"],
    ]
    return [subprocess.Popen(c, cwd=ROOT, start_new_session=True) for c in commands]


def await_answer(address: str, children: list[subprocess.Popen[bytes]]) -> None:
    """Wait until the web server answers; fail when a process has ended."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if any(child.poll() is not None for child in children):
            raise SystemExit("a process ended at its start: see above")
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=2):
                return
        except OSError:
            time.sleep(POLL_SECONDS)
    raise SystemExit("the web server does not answer")


def announce(address: str, city: dict[str, Any]) -> None:
    """Print where to go and who may sign in."""
    print(f"\n  {address}\n")
    for role, account in city.get("accounts", {}).items():
        print(f"  {role:<10} {account['username']:<24} {account['password']}")
    if city.get("project"):
        print(f"\n  project    {city['project']['code']}  {city['project']['name']}")
    if city.get("openapi"):
        print(f"  open.api   appid {city['openapi']['appid']}  secret {city['openapi']['secret']}")
    print("\n  Ctrl-C stops everything.\n", flush=True)


def end(children: list[subprocess.Popen[bytes]]) -> None:
    """Stop the processes: politely, then firmly."""
    for child in children:
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        try:
            child.wait(max(deadline - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def watch(children: list[subprocess.Popen[bytes]]) -> int:
    """Wait for the first process that ends by itself."""
    while True:
        for child in children:
            if child.poll() is not None:
                return child.returncode or 1
        time.sleep(POLL_SECONDS)


def main() -> int:
    """Run until told to stop; give the exit code."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    host, port = os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "8080")
    address = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"  # noqa: S104
    children: list[subprocess.Popen[bytes]] = []
    try:
        hold_database()
        city = prepare()
        children = start()
        await_answer(address, children)
        announce(address, city)
        return watch(children)
    except (Stop, KeyboardInterrupt):
        return 0
    except subprocess.CalledProcessError as problem:
        return problem.returncode or 1
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        end(children)


if __name__ == "__main__":
    sys.exit(main())
