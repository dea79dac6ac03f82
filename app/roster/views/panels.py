"""What stands above the form of a step: who is meant, and what they are still owed."""

from collections.abc import Iterable
from typing import Any

from flask import render_template, url_for
from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy import select

from app.core.columns.base import EMPTY
from app.core.views.table import plain_rows
from app.extensions import db
from app.roster.models import ProjectWorker, Team, TeamMembership

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


def table(
    title: str, heads: list[str], lines: list[Any], *, rest: int = 0, numeric: Iterable[str] = (),
    words: Iterable[Any] = (), warning: bool = False,
) -> Markup:  # fmt: skip
    """Draw a short table above a form; ``rest`` is how many there are in all."""
    more = rest - len(lines)
    return Markup(  # noqa: S704 - the template escapes
        render_template(
            "roster/panel.html",
            title=title,
            heads=heads,
            rows=plain_rows(heads, lines),
            numeric=set(numeric),
            words=list(words),
            warning=warning,
            more=gettext("%(n)s more are not shown here", n=more) if more > 0 else "",
        )
    )


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
