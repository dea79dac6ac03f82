"""Site systems and their load: projects with an access, signed calls, a closed loop of sockets.

What is sent is made and signed before the clock starts, by the rules of open-api.md alone, so
that the load takes next to nothing of the machine it shares with the server it measures.
"""

import base64
import hashlib
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from flask import Flask, g
from sqlalchemy import create_engine, pool, text

from app.core import scope, settings
from app.demo.people import PeopleGenerator
from app.extensions import db
from app.openapi.settings import CALLS_PER_MINUTE, PUNCHES_A_CALL
from tests.factories import enterprises, openapi, projects, roster

SITES, WORKERS = 8, 500
CHINA = timezone(timedelta(hours=8))
REPOSITORY = Path(__file__).resolve().parent.parent
DAYS = 6  # what a gate sends within a week counts at once


@dataclass(frozen=True)
class Site:
    """One project's access, as the vendor knows it."""

    project_id: int
    code: str
    secret: str
    team: int
    papers: list[str]


@dataclass
class Load:
    """What a run of calls took: seconds on the clock and of the processor, each call's time."""

    calls: int
    items: int
    seconds: float
    took: list[float] = field(repr=False)
    failed: int = 0

    @property
    def rate(self) -> float:
        """Give items a second."""
        return self.items / self.seconds

    def at(self, share: float) -> float:
        """Give the time of a call that this share of the calls stays within, in ms."""
        return sorted(self.took)[min(len(self.took) - 1, int(share * len(self.took)))] * 1000

    @property
    def middle(self) -> float:
        """Give the time of the middle call, in ms."""
        return statistics.median(self.took) * 1000


def sites(app: Flask, var: Path) -> list[Site]:
    """Give the sites of a state folder, made once."""
    kept = var / "sites.json"
    if not kept.exists():
        with app.app_context():
            g.principal = scope.SYSTEM
            settings.change(CALLS_PER_MINUTE, 100_000)
            settings.change(PUNCHES_A_CALL, 100)
            made = [_site(number) for number in range(SITES)]
            db.session.commit()
            db.session.remove()
        kept.write_text(json.dumps([asdict(one) for one in made]))
    return [Site(**one) for one in json.loads(kept.read_text())]


def _site(number: int) -> Site:
    """Make a project whose people no other run of the factories has invented."""
    people = PeopleGenerator(f"site {number}")
    firm = enterprises.enterprise(credit_code=people.credit_code("440703"))
    project = projects.project(firm, project_no=f"{440703}{2026}{9_000_000 + number}")
    unit = projects.general_contractor_unit(project)
    team = roster.team(unit, name="考勤班", team_no=1_900_000_000 + number)
    humans = [people.person() for _each in range(WORKERS)]
    for place, human in enumerate(humans):
        roster.worker(
            team, id_number=human.id_number, name=human.name, mobile=human.mobile,
            worker_no=f"S{number}-{place}",
        )  # fmt: skip
    opened = openapi.client(project)
    return Site(
        project.id, project.project_no, opened.secret, team.team_no, [h.id_number for h in humans]
    )


def begin_at(var: Path, number: int) -> int:
    """Give the number of the first of so many punches that no run has sent yet."""
    kept = var / "sent.txt"
    begin = int(kept.read_text()) if kept.exists() else 0
    kept.write_text(str(begin + number))
    return begin


class Writer:
    """Writes and signs the calls of one site."""

    def __init__(self, site: Site, size: int, begin: int) -> None:
        """Begin with the punch of this number; every punch differs from those before."""
        self.site, self.size, self.next = site, size, begin
        self.papers = [_encrypted(number, site.secret) for number in site.papers]

    def call(self) -> bytes:
        """Give the next call as it stands on the line."""
        data = json.dumps({
            "projectCode": self.site.code, "teamSysNo": self.site.team,
            "dataList": [self._punch() for _each in range(self.size)],
        })  # fmt: skip
        given = {
            "appid": self.site.code, "data": data, "format": "json",
            "method": "WorkerAttendance.Add", "nonce": f"{self.next:x}",
            "timestamp": datetime.now(UTC).astimezone(CHINA).strftime("%Y%m%d%H%M%S"),
            "version": "1.0",
        }  # fmt: skip
        line = "&".join(f"{name}={given[name]}" for name in sorted(given))
        given["sign"] = hashlib.sha256(
            f"{line}&appsecret={self.site.secret}".lower().encode()
        ).hexdigest()
        body = urllib.parse.urlencode(given).encode()
        head = (
            "POST /open.api HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    def _punch(self) -> dict[str, Any]:
        """Let worker after worker pass, in then out, day after day, then a minute later."""
        number = self.next
        self.next += 1
        passage, worker = divmod(number, len(self.papers))
        day, out = divmod(passage, 2)
        again, day = divmod(day, DAYS)
        today = datetime.now(UTC).astimezone(CHINA).replace(hour=0, minute=0, second=0)
        at = today - timedelta(days=1 + day) + timedelta(
            hours=18 if out else 7, minutes=(worker % 30) + 2 * again, seconds=worker % 60
        )  # fmt: skip
        return {
            "idCardType": "01", "idCardNumber": self.papers[worker],
            "date": at.strftime("%Y-%m-%d %H:%M:%S"), "direction": "02" if out else "01",
            "channel": "1号通道", "attendType": "001",
        }  # fmt: skip


def _encrypted(plain: str, secret: str) -> str:
    key = secret.encode()
    padder = padding.PKCS7(128).padder()
    padded = padder.update(plain.encode()) + padder.finalize()
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()


def drive(port: int, lines: list[list[bytes]], size: int) -> Load:
    """Send the calls, one line after the other on a connection of its own, all at the same time."""
    took: list[list[float]] = [[] for _line in lines]
    failed = [0] * len(lines)

    def talk(place: int) -> None:
        with socket.create_connection(("127.0.0.1", port)) as line:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for call in lines[place]:
                began = time.perf_counter()
                line.sendall(call)
                answer = _answer(line)
                took[place].append(time.perf_counter() - began)
                failed[place] += b'"code":"0"' not in answer

    threads = [threading.Thread(target=talk, args=(place,)) for place in range(len(lines))]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    all_of_them = [one for line in took for one in line]
    return Load(len(all_of_them), len(all_of_them) * size, seconds, all_of_them, failed=sum(failed))


def _answer(line: socket.socket) -> bytes:
    got = b""
    while b"\r\n\r\n" not in got:
        part = line.recv(65536)
        if not part:
            raise RuntimeError("the server closed the line")
        got += part
    head, _end, body = got.partition(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    while len(body) < length:
        body += line.recv(65536)
    return body


@contextmanager
def gunicorn(target: str, **environ: str) -> Iterator[int]:
    """Serve a program with two processes, as the figures ask; gives the port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "gunicorn", "--keep-alive", "60", target],
        cwd=REPOSITORY, start_new_session=True,
        env={**os.environ, "PORT": str(port), "WEB_WORKERS": "2", "DEMO": "0", **environ},
    )  # fmt: skip
    try:
        _wait(port)
        yield port
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def _wait(port: int) -> None:
    for _turn in range(600):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not start")


def checkpoint(address: str) -> None:
    """Let the database look at its tables, and write what is dirty if we may ask for it."""
    engine = create_engine(address, poolclass=pool.NullPool)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in ("punch", "attendance_day", "person_day", "project_worker"):
            connection.execute(text(f"analyze {table}"))
