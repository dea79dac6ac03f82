"""班组未打卡: teams whose people stay away, with their exit and their leader's telephone (8.3)."""

from typing import Any

from flask import url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup

from app.attendance.silence import SHARE, TEAM_DAYS, SilentTeam, construction_days, silent_teams
from app.attendance.views.corrections import choose_site
from app.core import clock, scope
from app.core.columns.base import EMPTY, spec_of
from app.core.views import BasePage
from app.core.views.shell import chosen_project_id
from app.extensions import db
from app.permissions import Area
from app.projects.models import Project, ProjectUnit
from app.roster.models import Team

MOST_AT_ONCE = 500  # workers an address names


class SilentTeamsPage(BasePage):
    """The teams of the chosen project half of whose workers have not punched."""

    route_base = "/silent-teams"
    default_view = "index"
    class_permission_name = Area.ROSTER
    method_permission_name = {"index": "read"}
    title = _("Teams without punches")

    @expose("/", methods=["GET"])
    @has_access
    def index(self) -> Any:
        """Show the teams, the most silent first."""
        number = chosen_project_id()
        project = db.session.get(Project, number) if number else None
        if project is None:
            return choose_site()
        days = construction_days(project, clock.today(), TEAM_DAYS)
        enough = len(days) == TEAM_DAYS
        found = silent_teams(project, days[-1]) if enough else []
        return self.page(
            "appbuilder/general/model/show.html", sections=[(self.title, [
                (gettext("Counted"),
                 gettext("teams with %(share)s%% or more of their workers without a punch on the"
                         " last %(n)s construction days", share=SHARE, n=TEAM_DAYS)),
                (gettext("Construction days"), "、".join(map(str, reversed(days))) or EMPTY),
            ])],
            rows=[_row(one) for one in _with_units(found)], empty=_nothing(enough=enough),
        )  # fmt: skip


def _nothing(*, enough: bool) -> dict[str, str]:
    if enough:
        return {"title": gettext("Every team punches"),
                "text": gettext("No team has half of its workers away. Look at single workers with"
                                " the filter “No punch for” of the list of workers.")}  # fmt: skip
    return {"title": gettext("Not enough construction days yet"),
            "text": gettext("The list begins once the project has been under construction for"
                            " %(n)s construction days.", n=TEAM_DAYS)}  # fmt: skip


def _with_units(found: list[SilentTeam]) -> list[tuple[SilentTeam, str]]:
    ids = {one.team.unit_id for one in found}
    units = dict(
        db.session.query(ProjectUnit.id, ProjectUnit.name).filter(ProjectUnit.id.in_(ids)).all()
    ) if ids else {}  # fmt: skip
    return [(one, units.get(one.team.unit_id, EMPTY)) for one in found]


def _row(pair: tuple[SilentTeam, str]) -> dict[str, Any]:
    one, unit = pair
    last = clock.local(one.last_punch_at).strftime("%m-%d %H:%M") if one.last_punch_at else EMPTY
    facts = [
        (gettext("Team"), one.team.name, False), (gettext("Unit"), unit, False),
        (gettext("Workers on site"), one.members, True),
        (gettext("Without a punch"), len(one.silent), True),
        (gettext("Share"), f"{one.share}%", True), (gettext("Last punch"), last, False),
        (gettext("Team leader"), one.team.leader_name or EMPTY, False),
        (gettext("Mobile of the team leader"), _telephone(one.team), False),
    ]  # fmt: skip
    cells = [
        {"name": str(place), "label": label, "html": value, "numeric": numeric, "card": True,
         "primary": place == 0,
         "url": url_for("TeamView.show", pk=one.team.id) if place == 0 else None}
        for place, (label, value, numeric) in enumerate(facts)
    ]  # fmt: skip
    return {"id": one.team.id, "selectable": False, "cells": cells, "actions": _actions(one)}


def _actions(one: SilentTeam) -> list[dict[str, Any]]:
    found = [{"label": gettext("View"), "url": url_for("TeamView.show", pk=one.team.id)}]
    if scope.current().can("exit", Area.ROSTER):
        numbers = ",".join(map(str, one.silent[:MOST_AT_ONCE]))
        found.append({"label": gettext("Exit of several"),
                      "url": url_for("WorkerView.exit", rows=numbers)})  # fmt: skip
    return found


def _telephone(team: Team) -> Any:
    """Give the leader's number masked; whoever may see the whole can call it then."""
    shown = spec_of(Team, "leader_mobile").masked(team)
    if not team.leader_mobile or not scope.current().can("unmask", Area.ROSTER):
        return shown
    return Markup(
        '<span class="masked" data-tel>{}</span> <button type="button" class="word"'
        ' data-unmask="{}" data-question="{}">{}</button>'
    ).format(
        shown, url_for("TeamView.unmask", pk=team.id, column="leader_mobile"),
        gettext("Why do you call the team leader?"), gettext("Call the leader"),
    )  # fmt: skip
