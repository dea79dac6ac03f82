"""What the cells of a punch say: state, delay, worker, team and device."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup
from sqlalchemy import select

from app.attendance import queries
from app.attendance.choices import PunchState
from app.core.columns.codes import badge
from app.core.figures import figure
from app.core.views import Computed
from app.extensions import db
from app.roster.models import ProjectWorker, Team

TONES = {
    PunchState.VALID: "green", PunchState.DUPLICATE: "grey", PunchState.UNMATCHED: "orange",
    PunchState.PENDING: "blue", PunchState.VOID: "red", PunchState.DRIFTED: "amber",
    PunchState.LATE: "amber",
}  # fmt: skip


def state_badge(state: PunchState, reason: str = "") -> Markup:
    """Draw the state of a punch, with the reason why it is void."""
    label = f"{state.label}：{reason}" if reason else state.label
    return badge(label, TONES[state])


def delay_of(row: Any) -> str:
    """Say how long after the punch it arrived."""
    seconds = int((row.received_at - row.punched_at).total_seconds())
    if seconds < 0:  # no minus: a sheet would take it for a formula
        return gettext("%(time)s ahead", time=_lasting(-seconds))
    return _lasting(seconds)


def _lasting(seconds: int) -> str:
    if seconds < 60:
        return gettext("%(n)s s", n=seconds)
    if seconds < 3600:
        return gettext("%(n)s min", n=seconds // 60)
    if seconds < 86400:
        return gettext("%(n)s h", n=seconds // 3600)
    return gettext("%(n)s d", n=figure(seconds // 86400))


def facts_about(rows: list[Any]) -> dict[str, Any]:
    """Read workers, teams and last marks of punches, one statement each.

    ``stays`` names for each punch the stay it counts for: its own, or the later one it was
    taken into.
    """
    found: dict[str, Any] = {"workers": {}, "teams": {}, "states": {}, "stays": {}}
    taken = queries.taken_in(row for row in rows if row.worker_id is None)
    found["stays"] = {
        row.id: number for row in rows if (number := row.worker_id or taken.get(row.id))
    }
    teams = {row.team_id for row in rows if row.team_id}
    if found["stays"]:
        stays = select(
            ProjectWorker.id, ProjectWorker.worker_no, ProjectWorker.name, ProjectWorker.team_id
        ).where(ProjectWorker.id.in_(set(found["stays"].values())))
        found["workers"] = {stay.id: stay for stay in db.session.execute(stays)}
        teams |= {stay.team_id for stay in found["workers"].values()}
    if teams:
        query = select(Team.id, Team.name).where(Team.id.in_(teams))
        found["teams"] = dict(db.session.execute(query).all())
    if rows:
        found["states"] = queries.states_of(
            {row.project_id for row in rows}, [row.id for row in rows]
        )
    return found


def _state(row: Any, facts: Any) -> Markup:
    found = facts["states"].get(row.id, (PunchState.VALID, ""))
    drawn = facts.setdefault("badges", {})
    if found not in drawn:
        drawn[found] = state_badge(*found)
    return drawn[found]


def stay_of(row: Any, facts: Any) -> Any:
    """Give number, name and team of the stay a punch counts for; None where nobody is known."""
    return facts["workers"].get(facts["stays"].get(row.id))


def _worker_no(row: Any, facts: Any) -> str:
    stay = stay_of(row, facts)
    return stay.worker_no or "" if stay else ""


def _team(row: Any, facts: Any) -> str:
    stay = stay_of(row, facts)
    return facts["teams"].get(row.team_id or (stay.team_id if stay else None), "")


COMPUTED = {
    "delay": Computed(_("Delay"), lambda row, _facts: delay_of(row), numeric=True),
    "worker_no": Computed(_("Worker no."), _worker_no),
    "team": Computed(_("Team"), _team),
    "state": Computed(_("State"), _state),
    "gate": Computed(_("Device"), lambda row, _facts: gate_of(row)),
}


def gate_of(row: Any) -> Any:
    """Give device and gate; an unregistered one is marked."""
    text = " ".join(part for part in (row.device_sn, row.channel) if part) or "—"
    if row.channel_known or text == "—":
        return text
    return Markup('{} <span class="badge grey">{}</span>').format(
        text, gettext("Unregistered channel")
    )
