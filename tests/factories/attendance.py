"""Punches as a site sends them, and a site with people to punch."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

from app.attendance.services import PunchInput, record_punches
from app.core import clock, scope
from app.extensions import db
from app.projects.models import Project
from app.roster.models import ProjectWorker
from tests.factories import enterprises, people, projects, roster

DAY = date(2026, 10, 20)
NOON = datetime(2026, 10, 21, 4, 0, tzinfo=UTC)  # 12:00 in China, the day after
ALL_RIGHTS = frozenset({("read", "attendance"), ("write", "attendance"), ("approve", "attendance")})


@dataclass
class Site:
    """A project of a general contractor with a subcontractor and a worker of each."""

    gc: Any
    sub: Any
    project: Project
    own_unit: Any
    sub_unit: Any
    own_team: Any
    sub_team: Any
    own_worker: ProjectWorker
    sub_worker: ProjectWorker

    def contractor(self, **values: Any) -> scope.Principal:
        """Give the general contractor's principal."""
        return scope.Principal(
            scope.Audience.TENANT, 1, projects=(self.project.id,), units=(self.own_unit.id,),
            permissions=ALL_RIGHTS, **values,
        )  # fmt: skip

    def subcontractor(self, **values: Any) -> scope.Principal:
        """Give the subcontractor's principal."""
        return scope.Principal(
            scope.Audience.TENANT, 2, units=(self.sub_unit.id,), permissions=ALL_RIGHTS, **values
        )


def site(**values: Any) -> Site:
    """Make a project with two units, a team and a worker each."""
    gc = enterprises.enterprise()
    sub = enterprises.enterprise(enterprises.EnterpriseType.LABOUR_SUBCONTRACTOR)
    project = projects.project(gc, **values)
    own_unit, sub_unit = projects.general_contractor_unit(project), projects.unit(project, sub)
    own_team, sub_team = roster.team(own_unit), roster.team(sub_unit)
    return Site(
        gc, sub, project, own_unit, sub_unit, own_team, sub_team, roster.worker(own_team),
        roster.worker(sub_team),
    )  # fmt: skip


def at(text: str, on: date = DAY) -> datetime:
    """Read ``07:00`` or ``07:00:30`` of a day in China."""
    return datetime.fromisoformat(f"{on} {text}").replace(tzinfo=clock.CHINA)


def punch(worker: Any, text: str, on: date = DAY, **values: Any) -> PunchInput:
    """Make the item ``in 07:00`` or ``out 18:00`` of a worker."""
    way, moment = text.split(" ", 1)
    return PunchInput(**{
        "id_type": worker.id_type, "id_number": worker.id_number, "at": at(moment, on),
        "direction": "01" if way == "in" else "02", **values,
    })  # fmt: skip


def record(project: Project, *items: PunchInput, actor: Any = scope.SYSTEM) -> Any:
    """Store items as the system."""
    return record_punches(project, items, actor=actor)


def stranger() -> Any:
    """Give somebody no roster knows."""
    human = people.person()
    return SimpleNamespace(id_type="01", id_number=human.id_number, name=human.name)


def again(worker: Any, team: Any, **values: Any) -> ProjectWorker:
    """Make another stay of the same person, in a team."""
    row = ProjectWorker(**{
        "project_id": team.project_id, "unit_id": team.unit_id, "team_id": team.id,
        "person_id": worker.person_id, "worker_no": f"{worker.worker_no}B", "work_type": "020",
        "id_type": worker.id_type, "id_number": worker.id_number, "name": worker.name,
        "sex": worker.sex, "birth_on": worker.birth_on, "mobile": worker.mobile,
        "entry_on": date(2026, 3, 1), "state": worker.state, **values,
    })  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row
