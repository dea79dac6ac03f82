"""An application whose imports halt in the middle of their work, for the tests that kill it.

``HALT`` says where: while rows are checked, written, written in several statements, taken back,
or while pictures are hung. Each time the work so far is flushed, and seen by nobody else.
"""

import os
import time
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import click

from app import create_app
from app.core import adding, scope
from app.core.jobs import defer
from app.enterprises.models import Enterprise
from app.extensions import db
from app.imports import services, templates
from app.imports.choices import ImportState, Wanted
from app.imports.jobs import WORK
from app.imports.models import ImportJob
from app.roster.models import ProjectWorker
from tests.factories import counter, enterprises, people, projects, roster
from tests.factories.imports import line, workers
from tests.imports.steps import principal
from tests.imports.test_pictures import picture, zipped

FOLDER = Path(os.environ["VAR"])
MARK, GO = FOLDER / "started", FOLDER / "go"
HALT = os.environ.get("HALT", "")
ROWS, BATCH = 20, 5
T3 = templates.TEMPLATES["T3"]


def halting(function, state, *, times=1):
    """Let a function halt after so many calls while an import stands in a state."""
    done = []

    def worked(*given, **named):
        made = function(*given, **named)
        db.session.flush()
        if db.session.query(ImportJob).filter_by(state=state).count():
            done.append(made)
            if len(done) == times:
                _halt()
        return made

    return worked


def _halt():
    with MARK.open("a", encoding="utf-8") as out:
        out.write(f"{os.getpid()}\n")
    while not GO.exists():
        time.sleep(0.05)


def _batch(function):
    halted = halting(function, ImportState.IMPORTING, times=2)

    def worked(model, rows, key):
        return (halted if model is ProjectWorker else function)(model, rows, key)

    return worked


app = create_app()
if HALT == "batches":
    adding.AT_ONCE = BATCH
    adding._add = _batch(adding._add)
templates.TEMPLATES["T3"] = {
    "check": lambda: replace(T3, check=halting(T3.check, ImportState.CHECKING)),
    "import": lambda: replace(T3, take=halting(T3.take, ImportState.IMPORTING)),
    "undo": lambda: replace(T3, undo=halting(T3.undo, ImportState.UNDONE)),
    "pictures": lambda: replace(
        T3, attach=halting(T3.attach, ImportState.IMPORTING, times=ROWS // 2)
    ),
}.get(HALT, lambda: T3)()


def _skip(cities):
    """Leave out the names and people of the cities that are there already."""
    for _n in range(cities * 100):
        next(counter)
        people.person()


@app.cli.command("fill")
@click.argument("how")
def fill(how: str) -> None:
    """Make a city with one import whose next piece of work waits for a worker."""
    with scope.act_as(scope.SYSTEM):
        _skip(db.session.query(ImportJob).count())
        firm = enterprises.enterprise()
        project = projects.project(firm)
        unit = projects.general_contractor_unit(project)
        team = roster.team(unit)
        user = enterprises.admin(db.session.get(Enterprise, firm.id))
        book = workers([line(unit, team) for _n in range(ROWS)])
        numbers = [roster.worker(team).id_number for _n in range(ROWS)] if how == "pictures" else ()
        clerk = principal(user)
    with scope.act_as(clerk):
        if how == "pictures":
            archive = zipped({f"{number}_头像.jpg": picture() for number in numbers})
            job = services.start_pictures("T3", project, BytesIO(archive), "照片.zip", actor=clerk)
        else:
            job = services.start_import("T3", project, BytesIO(book), "花名册.xlsx", actor=clerk)
        if how != "check":
            services.check_import(job, actor=clerk)
            services.confirm_import(job, Wanted.ALL, actor=clerk)
        if how == "undo":
            services.run_import(job, actor=clerk)
        undo = {"undo": "传错了"} if how == "undo" else {}
        defer(WORK, import_id=job.id, user_id=user, **undo)
        db.session.commit()
