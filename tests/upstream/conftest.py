"""Two cities: the one under test, and our own program as the platform above it over HTTP."""

import base64
import io
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from app.core import files, scope, uploads
from app.upstream import services
from app.upstream.choices import Subject
from tests.factories import enterprises, openapi, people, projects, roster

ROOT = Path(__file__).resolve().parents[2]
ALL = [subject.name for subject in Subject]


@dataclass
class Province:
    """The platform above: our own server in a state folder of its own."""

    address: str
    environ: dict[str, str]
    open_still: list[dict[str, object]] = field(default_factory=list)

    def hand_out(self):
        """Give a project nobody has reported to yet."""
        if not self.open_still:
            self.open_still = self.ask("hand_out", {"projects": 20})
        return self.open_still.pop()

    def ask(self, verb, wanted):
        done = subprocess.run(
            [sys.executable, "-m", "tests.upstream.province", verb, json.dumps(wanted)],
            cwd=ROOT, env=self.environ, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="session")
def province(tmp_path_factory):
    """Serve the platform above."""
    var = tmp_path_factory.mktemp("province")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environ = {**os.environ, "VAR": str(var), "DEMO": "0", "PYTHONPATH": str(ROOT)}
    subprocess.run(
        [sys.executable, "-m", "flask", "--app", "run", "prepare"], cwd=ROOT, env=environ,
        check=True, capture_output=True,
    )  # fmt: skip
    with (var / "web.log").open("w") as log:
        web = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-k", "gthread", "-w", "1", "--threads", "2",
             "--no-control-socket", "-b", f"127.0.0.1:{port}", "run:app"],
            cwd=ROOT, env=environ, stdout=subprocess.DEVNULL, stderr=log,
        )  # fmt: skip
    try:
        _wait(f"http://127.0.0.1:{port}/healthz", var / "web.log")
        yield Province(f"http://127.0.0.1:{port}/open.api", environ)
    finally:
        web.terminate()
        web.wait(timeout=20)


def _wait(url, log):
    for _turn in range(120):
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.5)
    raise AssertionError(log.read_text()[-3000:])


@dataclass
class City:
    """A project of ours with a team and a worker, and what the platform above calls it."""

    project_id: int
    team_id: int
    worker_id: int
    id_number: str
    handed: dict[str, object]


@pytest.fixture
def city(app, system, province):
    """Make a project whose reports the platform above expects, reporting switched on."""
    app.config["UPSTREAM_TRUSTED"] = (province.address,)
    with system():
        project = projects.project(enterprises.enterprise())
        unit = projects.general_contractor_unit(project)
        handed = province.hand_out()
        unit.credit_code, unit.name = handed["credit_code"], handed["name"]
        team = roster.team(unit)
        human = people.person()
        worker = roster.worker(
            team, id_number=human.id_number, nation="01", address="建设路2号",
            id_issuer="江门市公安局", education="02", politics="13", nationality="CN",
            id_portrait=portrait(),
        )  # fmt: skip
        services.configure(link(province, handed), actor=scope.SYSTEM)
        services.add_site(
            {"project_no": project.project_no, "upper_no": handed["project_no"]}, actor=scope.SYSTEM
        )
        return City(project.id, team.id, worker.id, human.id_number, handed)


def portrait():
    """Keep a picture as the portrait of a card."""
    content = io.BytesIO(base64.b64decode(openapi.picture()))
    return files.receive(content, "头像.jpg", uploads.PICTURE)


def link(province, handed, **changes):
    """Give the settings as the form brings them."""
    return {
        "enabled": True, "address": province.address, "app_id": handed["app_id"],
        "app_secret": handed["secret"], "corp_key": None, "subjects": ALL,
        "from_on": date(2026, 1, 1), **changes,
    }  # fmt: skip
