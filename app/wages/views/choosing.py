"""选择工人: the first step of a payroll (screens.md 10.6, step 1)."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.core import clock, dictionaries, scope
from app.core.columns import Money
from app.core.columns.base import specs
from app.core.columns.codes import badge
from app.core.views.asked import integer
from app.core.views.pages import answer
from app.extensions import db
from app.projects.models import ProjectUnit
from app.roster.choices import StayState, TeamState
from app.roster.models import ProjectWorker, Team
from app.wages import services
from app.wages.choices import BACK_PAY, EntryWay
from app.wages.queries.choosing import Candidate, Which, candidates
from app.wages.views.base import MONTH, chosen_project, wage_units

MOST_SHOWN = 300
HEADS = (
    _("Name"), _("Document number"), _("Days attended"), _("Hours in all"), _("Way of pay"),
    _("Rate"), _("Suggested amount (yuan)"), _("Wage card no."), _("Marks"),
)  # fmt: skip


class ChoosingMixin:
    """The route of step 1; mixed into the view of payrolls."""

    may_add: Any
    lead_to_choice: Any
    render_template: Any

    @expose("/choose", methods=["GET", "POST"])
    @has_access
    def choose(self) -> Any:
        """Offer the workers of a month and team; the ticked ones get a draft of a payroll."""
        if not self.may_add():
            return self.lead_to_choice() or abort(403)
        project, asked = chosen_project(), _asked()
        teams = _teams()
        team = next((one for one, _unit in teams if one.id == asked["team"]), None)
        found: list[Candidate] = []
        if team is not None:
            found = candidates(
                project.id,
                team.unit_id,
                asked["month"],
                team_id=team.id,
                which=asked["which"],
                managers=asked["managers"],
            )
        if request.method == "POST" and team is not None:
            made = answer(_make, project, team, found, asked)
            if made is not None:
                flash(gettext("The draft is made: check the amounts line by line"), "success")
                return redirect(url_for(".lines", pk=made.id))
        return self.render_template(
            "wages/choose.html", title=gettext("Choose the workers"), asked=asked, teams=teams,
            whiches=list(Which), rows=[_row(one) for one in found[:MOST_SHOWN]], heads=HEADS,
            total=len(found), shown=MOST_SHOWN, chosen=team, cancel_url=url_for(".list"),
            kinds=dictionaries.options("batch_kind"), ways=list(EntryWay), back_pay=BACK_PAY,
        )  # fmt: skip


def _asked() -> dict[str, Any]:
    """Read what the page is asked for; the month before this one where nothing is said."""
    given = request.values
    month = given.get("month", "").strip()
    last = clock.today().replace(day=1).toordinal() - 1
    usual = f"{clock.today().fromordinal(last):%Y-%m}"
    which = given.get("which", "")
    return {
        "month": month if MONTH.fullmatch(month) else usual,
        "team": integer(given.get("team"), 0),
        "which": Which[which] if which in Which.__members__ else Which.UNPAID,
        "managers": bool(given.get("managers")),
        "ticked": {integer(raw, 0) for raw in request.form.getlist("rowid")},
        "everybody": bool(request.form.get("everybody")),
        "batch_kind": given.get("batch_kind") or "monthly",
        "entry_way": given.get("entry_way") or EntryWay.REVIEWED_FIRST.name,
        "back_pay_month": given.get("back_pay_month", "").strip(),
    }


def _teams() -> list[tuple[Team, str]]:
    """Give the teams of the units this user acts for, with their units' names."""
    units = wage_units({}).with_only_columns(ProjectUnit.id)
    rows = db.session.execute(
        select(Team, ProjectUnit.name)
        .join(ProjectUnit, (ProjectUnit.project_id == Team.project_id)
              & (ProjectUnit.id == Team.unit_id))
        .where(Team.unit_id.in_(units), Team.is_deleted.is_(False),
               Team.state != TeamState.DRAFT)
        .order_by(ProjectUnit.id, Team.id)
        .limit(1000)
    )  # fmt: skip
    return [(row[0], row[1]) for row in rows]


def _make(
    project: Any, team: Team, found: list[Candidate], asked: dict[str, Any], *,
    actor: scope.Principal,
) -> Any:  # fmt: skip
    """Make the draft for those ticked of the workers offered."""
    numbers = [one.worker.id for one in found
               if asked["everybody"] or one.worker.id in asked["ticked"]]  # fmt: skip
    way = asked["entry_way"]
    values = {
        "unit_id": team.unit_id, "team_id": team.id, "wage_month": asked["month"],
        "batch_kind": dictionaries.find("batch_kind", asked["batch_kind"]) or "monthly",
        "entry_way": EntryWay[way] if way in EntryWay.__members__ else EntryWay.REVIEWED_FIRST,
        "back_pay_month": asked["back_pay_month"]
        if MONTH.fullmatch(asked["back_pay_month"]) else None,
    }  # fmt: skip
    rows = [{"project_worker_id": number} for number in numbers]
    return services.draft_payroll(project, values, rows, actor=actor)


def _row(one: Candidate) -> dict[str, Any]:
    declared, worker = specs(ProjectWorker), one.worker
    return {
        "id": worker.id,
        "cells": [
            worker.name, declared["id_number"].masked(worker), one.days, one.hours,
            declared["pay_method"].shown(worker), Money().show(worker.pay_rate),
            Money().show(one.amount), declared["bank_card_no"].masked(worker), _flags(one),
        ],
    }  # fmt: skip


def _flags(one: Candidate) -> Any:
    found = []
    if not one.has_card:
        found.append(badge(gettext("No wage card"), "amber"))
    elif one.worker.account_name_differs:
        found.append(badge(gettext("Account name differs"), "amber"))
    if one.worker.state is StayState.EXITED:
        found.append(badge(gettext("Exited"), "grey"))
    if one.amount is None:
        found.append(badge(gettext("No rate in the contract"), "amber"))
    if one.lines:
        found.append(badge(gettext("On a payroll of the month"), "blue"))
    return type(badge("", ""))(" ").join(found) if found else ""
