"""An application whose import of workers halts before its end, for the tests that kill it."""

import os
import time
from dataclasses import replace
from io import BytesIO
from pathlib import Path

from app import create_app
from app.core import scope
from app.core.jobs import defer
from app.enterprises.models import Enterprise
from app.extensions import db
from app.imports import services, templates
from app.imports.choices import ImportState, Wanted
from app.imports.jobs import WORK
from tests.factories import enterprises, projects, roster
from tests.factories.imports import line, workers
from tests.imports.steps import principal

FOLDER = Path(os.environ["VAR"])
MARK, GO = FOLDER / "started", FOLDER / "go"
ROWS = 20
T3 = templates.TEMPLATES["T3"]


def halting(project, rows, *, actor):
    """Write the rows, say so, then wait for leave to go on."""
    taken = T3.take(project, rows, actor=actor)
    db.session.flush()
    if db.session.query(services.running.ImportJob).filter_by(state=ImportState.IMPORTING).count():
        with MARK.open("a", encoding="utf-8") as out:
            out.write(f"{os.getpid()}\n")
        while not GO.exists():
            time.sleep(0.05)
    return taken


app = create_app()
templates.TEMPLATES["T3"] = replace(T3, take=halting)


@app.cli.command("fill")
def fill() -> None:
    """Make a city with one confirmed import that waits for a worker."""
    with scope.act_as(scope.SYSTEM):
        firm = enterprises.enterprise()
        project = projects.project(firm)
        unit = projects.general_contractor_unit(project)
        team = roster.team(unit)
        user = enterprises.admin(db.session.get(Enterprise, firm.id))
        book = workers([line(unit, team) for _n in range(ROWS)])
        clerk = principal(user)
    with scope.act_as(clerk):
        job = services.start_import("T3", project, BytesIO(book), "花名册.xlsx", actor=clerk)
        services.check_import(job, actor=clerk)
        services.confirm_import(job, Wanted.ALL, actor=clerk)
        defer(WORK, import_id=job.id, user_id=user)
        db.session.commit()
