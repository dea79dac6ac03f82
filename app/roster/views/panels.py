"""What stands above the form of a step: who is meant, and what they are still owed."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from flask import render_template, url_for
from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy import select

from app.core.columns.base import EMPTY
from app.core.figures import figure
from app.core.money import yuan
from app.extensions import db
from app.roster.models import ProjectWorker, Team, TeamMembership
from app.roster.owed import NOTHING, Owed, owed_to
from app.roster.services import units

MOST_SHOWN = 100  # lines; who is meant beyond them is counted


def moving(rows: list[ProjectWorker]) -> Markup:
    """Show whose team changes: name, trade, present team and since when."""
    shown = rows[:MOST_SHOWN]
    teams, since = team_names(shown), _since(shown)
    heads = [gettext("Name"), gettext("Worker no."), gettext("Present team"), gettext("Since")]
    lines = [
        (url_for("WorkerView.show", pk=row.id),
         [row.name, row.worker_no or EMPTY, teams.get(row.team_id, EMPTY),
          since.get(row.id) or row.entry_on or EMPTY])
        for row in shown
    ]  # fmt: skip
    return table(gettext("These workers change their team"), heads, lines, rest=len(rows))


def leaving(rows: list[ProjectWorker], title: str) -> Markup:
    """Show who leaves, those who are owed wages first, with the months and the sum."""
    found = owed_to(rows)
    if found is None:
        return _without_wages(rows, title)
    order = sorted(rows, key=lambda row: _weight(found.get(row.id, NOTHING)))
    shown = order[:MOST_SHOWN]
    teams, amount = team_names(shown), gettext("Unpaid wages (yuan)")
    heads = [
        gettext("Name"), amount, gettext("Months unpaid"),
        gettext("Attendance without a wage sheet"), gettext("Team"), gettext("State"),
    ]  # fmt: skip
    lines = [
        (url_for("WorkerView.show", pk=row.id),
         [row.name, *_owed_cells(found.get(row.id, NOTHING)), teams.get(row.team_id, EMPTY),
          row.state.label])
        for row in shown
    ]  # fmt: skip
    warned = any(found.get(row.id) for row in rows)
    return table(
        title, heads, lines, rest=len(rows), numeric=[amount], words=_owed_words(rows, found),
        warning=warned,
    )  # fmt: skip


def _without_wages(rows: list[ProjectWorker], title: str) -> Markup:
    teams = team_names(rows[:MOST_SHOWN])
    heads = [gettext("Name"), gettext("Team"), gettext("State")]
    lines = [
        (url_for("WorkerView.show", pk=row.id),
         [row.name, teams.get(row.team_id, EMPTY), row.state.label])
        for row in rows[:MOST_SHOWN]
    ]  # fmt: skip
    return table(title, heads, lines, rest=len(rows))


def _weight(owed: Owed) -> tuple[Any, ...]:
    return -owed.amount, -owed.days


def _owed_cells(owed: Owed) -> list[Any]:
    months = [month for month, _amount in owed.months]
    open_months = [month for month, _days in owed.unsettled]
    unsettled = (
        gettext("%(n)s days (%(months)s)", n=owed.days, months=_span(open_months))
        if open_months else EMPTY
    )  # fmt: skip
    return [yuan(owed.amount), _span(months) or EMPTY, unsettled]


def _span(months: list[str]) -> str:
    """Name a month or two, of more the first and the last."""
    if len(months) <= 2:
        return "、".join(months)
    return gettext("%(first)s to %(last)s", first=months[0], last=months[-1])


def _owed_words(rows: list[ProjectWorker], found: dict[int, Owed]) -> list[str]:
    mine = [found[row.id] for row in rows if row.id in found]
    unpaid, open_days = [one for one in mine if one.months], [one for one in mine if one.unsettled]
    words = [gettext("%(n)s workers leave", n=figure(len(rows)))]
    if unpaid:
        total = sum((one.amount for one in unpaid), Decimal(0))
        words.append(
            gettext("%(n)s of them are still owed %(amount)s yuan by the wage sheets: wages are"
                    " paid in full on leaving",
                    n=figure(len(unpaid)), amount=yuan(total))
        )  # fmt: skip
    if open_days:
        words.append(
            gettext("%(n)s of them have attendance of %(days)s days that no wage sheet holds yet",
                    n=figure(len(open_days)), days=figure(sum(one.days for one in open_days)))
        )  # fmt: skip
    if not mine:
        words.append(
            gettext("No unpaid wages and no attendance without a wage sheet are on record")
        )
    return words


def still_owed(rows: list[ProjectWorker], values: Mapping[str, Any]) -> list[str]:
    """Say after an exit declared as settled that the records say otherwise."""
    found = owed_to(rows) if values.get("settled") else None
    total = sum((one.amount for one in (found or {}).values()), Decimal(0))
    if not total:
        return []
    return [
        gettext("The exit says that the wages are settled, but %(amount)s yuan are not recorded as"
                " paid: enter the payment in the wage sheets", amount=yuan(total))
    ]  # fmt: skip


def unit_tables(*, unit: Any) -> Markup:
    """Show the teams and the workers who leave with a unit, and what they are owed (5.4)."""
    teams, workers = units.who_leaves(unit)
    if not teams and not workers:
        return Markup()
    return by_team(teams, workers) + leaving(workers, gettext("Workers who leave"))


def by_team(teams: list[Team], rows: list[ProjectWorker]) -> Markup:
    """Show the teams that leave with a unit: their people and what these are still owed."""
    found = owed_to(rows)
    heads = [gettext("Team"), gettext("Workers on site")]
    money = [] if found is None else [
        gettext("Unpaid wages (yuan)"), gettext("Days without a wage sheet"),
    ]  # fmt: skip
    lines = []
    for team in teams[:MOST_SHOWN]:
        own = [row for row in rows if row.team_id == team.id]
        mine = [(found or {}).get(row.id, NOTHING) for row in own]
        sums = [yuan(sum((one.amount for one in mine), Decimal(0))),
                figure(sum(one.days for one in mine))]  # fmt: skip
        lines.append((url_for("TeamView.show", pk=team.id),
                      [team.name, figure(len(own)), *(sums if money else [])]))  # fmt: skip
    return table(
        gettext("Teams that leave"), [*heads, *money], lines, rest=len(teams),
        numeric=[*heads[1:], *money],
    )  # fmt: skip


def table(
    title: str, heads: list[str], lines: list[Any], *, rest: int = 0, numeric: Iterable[str] = (),
    words: Iterable[Any] = (), warning: bool = False,
) -> Markup:  # fmt: skip
    """Draw a short table above a form; ``rest`` is how many there are in all."""
    more, figures = rest - len(lines), set(numeric)
    return Markup(  # noqa: S704 - the template escapes
        render_template(
            "roster/panel.html",
            title=title,
            heads=heads,
            numeric=figures,
            warning=warning,
            rows=[_row(heads, url, values, figures) for url, values in lines],
            words="；".join(str(line) for line in words),
            more=gettext("%(n)s more are not shown here", n=more) if more > 0 else "",
        )
    )


def _row(heads: list[str], url: str, values: list[Any], figures: set[str]) -> dict[str, Any]:
    cells = [
        {"name": str(place), "label": head, "html": value, "title": str(value),
         "primary": place == 0, "numeric": head in figures, "card": True,
         "url": url if place == 0 else None}
        for place, (head, value) in enumerate(zip(heads, values, strict=True))
    ]  # fmt: skip
    return {"id": 0, "actions": [], "selectable": False, "cells": cells}


def team_names(rows: Iterable[ProjectWorker]) -> dict[int, str]:
    """Give the names of the teams of some workers."""
    found = db.session.execute(
        select(Team.id, Team.name).where(Team.id.in_({row.team_id for row in rows}))
    )
    return {row[0]: row[1] for row in found}


def _since(rows: list[ProjectWorker]) -> dict[int, Any]:
    found = db.session.execute(
        select(TeamMembership.worker_id, TeamMembership.from_on).where(
            TeamMembership.worker_id.in_([row.id for row in rows]),
            TeamMembership.to_on.is_(None), TeamMembership.is_deleted.is_(False),
        )
    )  # fmt: skip
    return {row[0]: row[1] for row in found}
