"""班组与人员 on a project's page (screens.md 4.3)."""

from typing import Any

from flask import url_for
from flask_babel import gettext
from sqlalchemy import func, select

from app.core.counts import counted
from app.core.figures import figure
from app.core.views import Column, excerpt, with_references
from app.extensions import db
from app.projects.models import Project
from app.roster import queries
from app.roster.choices import StayState, TeamState
from app.roster.models import ProjectWorker, Team

SHOWN = 10


def people_tab(project: Project) -> dict[str, Any]:
    """Give the newest teams with their people, and how many there are of both."""
    names = ("name", "work_type", "unit_id", "leader_name", "entry_on", "state")
    teams = list(
        db.session.scalars(
            select(Team)
            .where(Team.project_id == project.id, Team.is_deleted.is_(False),
                   Team.state != TeamState.EXITED)
            .order_by(Team.id.desc())
            .limit(SHOWN)
            .options(*with_references(Team, names))
        )
    )  # fmt: skip
    heads = queries.head_counts(team.id for team in teams)
    columns = [Column.of(Team, name) for name in names]
    columns.insert(4, Column(gettext("On site"), lambda team: heads.get(team.id, 0), numeric=True))
    return excerpt(
        teams, columns, url=lambda team: url_for("TeamView.show", pk=team.id),
        toolbar=[
            {"label": gettext("All teams"), "method": "post",
             "url": url_for("SiteView.enter", pk=project.id, to="teams")},
            {"label": gettext("All workers"), "method": "post",
             "url": url_for("SiteView.enter", pk=project.id, to="workers")},
        ],
        count_text=_counted(project),
        empty={
            "title": gettext("No team yet"),
            "text": gettext("Teams and workers are added in the menu once the project is chosen."),
        },
    )  # fmt: skip


def _counted(project: Project) -> str:
    teams = select(func.count()).where(
        Team.project_id == project.id, Team.is_deleted.is_(False), Team.state == TeamState.ON_SITE
    )
    people = select(func.count()).where(
        ProjectWorker.project_id == project.id, ProjectWorker.is_deleted.is_(False),
        ProjectWorker.state == StayState.ON_SITE,
    )  # fmt: skip
    found = counted(teams=teams, people=people)
    words = {name: figure(number) for name, number in found.items()}
    return gettext("%(teams)s teams and %(people)s workers on site", **words)
