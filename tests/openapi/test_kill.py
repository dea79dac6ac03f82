"""What was acknowledged is there, whatever is killed (issue: kill -9 of web and database)."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import psycopg
import pytest
from flask import g

from app import create_app
from app.commands import prepare
from app.core import postgres, scope
from app.extensions import db
from tests.factories import enterprises, openapi, people, projects, roster
from tests.openapi.site_system import SiteSystem, china_now
from tests.openapi.test_journey import punch

REPOSITORY = Path(__file__).resolve().parents[2]
SENDERS, SECONDS = 3, 4


@pytest.fixture(scope="module")
def standing(tmp_path_factory):
    """Give a state folder of its own with a project, its access and its workers, committed."""
    var = tmp_path_factory.mktemp("killed")
    app = create_app(VAR=var, TESTING=True, DEMO=False, RATELIMIT_ENABLED=False)
    with app.app_context():
        prepare()
        g.principal = scope.SYSTEM
        project = projects.project(enterprises.enterprise())
        team = roster.team(projects.general_contractor_unit(project))
        humans = [people.person() for _each in range(20)]
        for human in humans:
            roster.worker(team, id_number=human.id_number, name=human.name)
        opened = openapi.client(project)
        facts = {
            "project": project.id, "code": project.project_no, "team": team.team_no,
            "appid": opened.client.app_id, "secret": opened.secret,
        }  # fmt: skip
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
        owner = postgres.libpq(app.config["DATABASE_ADMIN_URL"])
    yield var, owner, facts, humans
    _stop_database(var, signal.SIGINT)


def _postmaster(var):
    return int((var / "pg" / "postmaster.pid").read_text().splitlines()[0])


def _stop_database(var, how):
    number = _postmaster(var)
    os.kill(number, how)
    for _turn in range(300):
        try:
            os.kill(number, 0)
        except ProcessLookupError:
            return
        if Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
            return
        time.sleep(0.1)


class Web:
    """The web server with two processes, on a port of its own."""

    def __init__(self, var):
        self.var = var
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "run:app"], cwd=REPOSITORY, start_new_session=True,
            env={**os.environ, "VAR": str(var), "PORT": str(self.port), "DEMO": "0",
                 "WEB_WORKERS": "2", "LOG_LEVEL": "ERROR"},
        )  # fmt: skip
        for _turn in range(600):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError("the server did not start")

    def children(self):
        found = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(number) for number in found.split()]

    def end(self):
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(30)


def send(port, known, place, stop, kept):
    """Send batch after batch and remember those that were acknowledged as stored."""
    facts, humans = known
    site = SiteSystem(port, facts["appid"], facts["secret"])
    turn = 0
    while not stop.is_set():
        turn += 1
        moment = china_now(days=-1 - place, seconds=-61 * turn)
        items = [punch(site, human, moment) for human in humans]
        try:
            reply = site.call("WorkerAttendance.Add", {
                "projectCode": facts["code"], "teamSysNo": facts["team"], "dataList": items,
            })  # fmt: skip
        except (OSError, ValueError, http.client.HTTPException):
            time.sleep(0.1)
            continue
        if reply and reply["code"] == "0":
            kept.append(moment.replace(microsecond=0))


def stormed(var, facts, humans, strike):
    """Send for some seconds and strike in the middle; give the acknowledged instants."""
    web, stop, kept = Web(var), threading.Event(), []
    senders = [
        threading.Thread(target=send, args=(web.port, (facts, humans), place, stop, kept))
        for place in range(SENDERS)
    ]
    try:
        for sender in senders:
            sender.start()
        for _turn in range(300):
            if len(kept) > SENDERS:
                break
            time.sleep(0.1)
        strike(web)
        time.sleep(SECONDS)
    finally:
        stop.set()
        for sender in senders:
            sender.join()
        web.end()
    return kept


def assert_all_there(owner, facts, humans, kept):
    assert kept, "nothing was acknowledged"
    with psycopg.connect(owner) as connection:
        stored = dict(
            connection.execute(
                "select punched_at, count(*) from punch where project_id = %s group by 1",
                (facts["project"],),
            ).fetchall()
        )
        chained = connection.execute(
            "select coalesce(sum(cardinality(row_ids)), 0) from chain_link"
            " where project_id = %s and kind = 'punch'", (facts["project"],),
        ).fetchone()[0]  # fmt: skip
    assert {moment for moment in kept if stored.get(moment) != len(humans)} == set()
    assert chained == sum(stored.values()), "a punch without evidence, or evidence without punch"


def test_no_acknowledged_punch_is_missing_after_a_web_process_is_killed(standing):
    var, owner, facts, humans = standing

    def strike(web):
        os.kill(web.children()[0], signal.SIGKILL)

    kept = stormed(var, facts, humans, strike)

    assert_all_there(owner, facts, humans, kept)


def test_no_acknowledged_punch_is_missing_after_the_database_is_killed_and_restarted(standing):
    var, owner, facts, humans = standing
    before = []

    def strike(_web):
        before.append(_postmaster(var))
        _stop_database(var, signal.SIGKILL)

    kept = stormed(var, facts, humans, strike)
    restart(var)

    assert _postmaster(var) != before[0]
    assert_all_there(owner, facts, humans, kept)


def restart(var):
    """Start the database again as a process that comes first would."""
    code = (
        "import os, sys; from pathlib import Path; from app.core import postgres;"
        "postgres.embedded(Path(sys.argv[1])); os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", code, str(var / "pg")], cwd=REPOSITORY, check=True)
