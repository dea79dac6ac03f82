"""Two people with the same rows at one moment: the second finds them there (14)."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event

from flask import g

from app.core import scope
from app.extensions import db
from app.imports import preview
from app.imports.templates import template_of
from app.projects.models import Project, ProjectUnit
from app.roster.models import ProjectWorker
from tests.factories import roster
from tests.roster.test_parallel import committed

__all__ = ["committed"]
PORTER = replace(scope.SYSTEM, door=scope.Door.SHEET)
LONGEST = 60  # seconds


def test_the_second_of_two_who_import_the_same_rows_at_once_finds_them_unchanged(
    prepared_app, committed
):
    with prepared_app.app_context():
        g.principal = scope.SYSTEM
        team = roster.team(db.session.get(ProjectUnit, committed.unit_id))
        rows = {number: roster.worker_values(team) for number in (2, 3)}
        db.session.commit()
    written, judged = Event(), Event()
    template = template_of("T3")

    def second_take(project, values, *, actor):
        if not judged.is_set():
            template.check(project, values, actor=actor)  # nobody is there yet
            judged.set()
            written.wait(LONGEST)
        return template.take(project, values, actor=actor)

    def run(take, wait=None, after=None):
        with prepared_app.app_context():
            g.principal = PORTER
            project = db.session.get(Project, committed.project_id)
            found = preview.Preview(total=len(rows), good=dict(rows))
            if wait:
                wait.wait(LONGEST)
            preview.take(
                found, replace(template, take=take), template.sheet(project), project,
                actor=PORTER, write=True,
            )  # fmt: skip
            if after:
                after.set()
            db.session.commit()
            return [one.kind for one in found.plan.values()], list(found.wrong_rows)

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(run, template.take, judged, written)
        second = pool.submit(run, second_take)
        assert first.result(LONGEST) == (["CREATED", "CREATED"], [])
        assert second.result(LONGEST) == (["UNCHANGED", "UNCHANGED"], [])
    with prepared_app.app_context(), scope.act_as(scope.SYSTEM):
        assert db.session.query(ProjectWorker).count() == len(rows)
