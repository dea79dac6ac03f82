"""What the worker form answers while an identity number is typed (screens.md 8.2)."""

from datetime import date
from typing import Any

from flask_babel import gettext

from app.core import checks, clock, dictionaries, scope
from app.core.columns.base import spec_of
from app.core.errors import Refusal
from app.core.names import same_name
from app.extensions import db
from app.projects.models import Project
from app.roster import queries
from app.roster.choices import StayState
from app.roster.errors import LeaderTaken
from app.roster.models import ProjectWorker, Team
from app.roster.queries import Known, Stay, merging
from app.roster.services import ages
from app.roster.services.ages import Line
from app.roster.services.doors import document
from app.roster.services.enrolment import hits
from app.roster.services.keyed import merged_into
from app.roster.services.rules import CARD_DOCUMENT, country_of

FILLED = ("name", "sex", "birth_on", "nation")


def about_number(
    project: Project,
    id_type: str,
    typed: str,
    *,
    work_type: str,
    name: str,
    actor: scope.Principal,
    on_post: bool = False,
) -> dict[str, Any]:
    """Answer a typed number: {ok, lines, fill, reason}; no story, no other document.

    ``name`` is the name typed beside it: one that differs from the person's is told, as saving
    marks it 数据冲突. ``reason`` tells whether 继续添加原因 may be asked for. Whoever is put
    ``on_post`` may serve several sites, and keeps a stay he has here.
    """
    try:
        number = document(id_type, typed)
    except Refusal as problem:
        return {"ok": False, "lines": [{"level": "error", "text": str(problem)}], "fill": {}}
    with scope.system_scope("who joins is looked up in the city"):
        key = queries.key_of(id_type, number)
        if led := merging.moved_documents([key]).get(key):
            key = queries.key_of(*led)
        known = queries.persons([key]).get(key)
        stays = queries.stays([key]).get(key, [])
    lines: list[Line] = []
    fill: dict[str, Any] = _known_values(known)
    if led:
        lines.append({"level": "warn", "text": merged_into(led[1])})
    if country := (known and known.nationality) or country_of(id_type, number):
        fill["nationality"] = {"id": country, "text": dictionaries.label("nationality", country)}
    if id_type == CARD_DOCUMENT:
        read = checks.identity_number(number, clock.today(), regions=dictionaries.codes("region"))
        fill |= {"sex": read.sex, "birth_on": read.birth_on.isoformat()}
        lines += _identity_lines(read, work_type)
    lines += [*_name_lines(known, name), *([] if on_post else _stay_lines(project, stays))]
    found = hits(project, id_type, number, actor)
    lines += [{"level": line["level"], "text": line["text"]} for line in found]
    if found:
        lines.append({
            "level": found[0]["level"],
            "text": gettext("To add the person all the same, fill in “Reason for adding all the"
                            " same” below"),
        })  # fmt: skip
    here = [stay.state for stay in stays if stay.project_id == project.id]
    taken = any(state in queries.PRESENT for state in here)
    again = not on_post and StayState.EXITED in here
    return {
        "ok": on_post or not taken, "lines": lines, "fill": fill, "reason": bool(found) or again,
    }  # fmt: skip


def about_team(number: int, typed: str, *, leads: bool = False, name: str = "") -> dict[str, Any]:
    """Answer a chosen team with its trade; a trade already chosen stays (screens.md 8.2).

    Where the worker of this ``name`` is to lead it, its present leader is told as well.
    """
    team = db.session.get(Team, number)
    lines, fill = [], {}
    if team is not None and team.work_type:
        trade = dictionaries.label("work_type", team.work_type)
        lines.append(
            {"level": "info", "text": gettext("Trade of the team: %(trade)s", trade=trade)}
        )
        fill = {} if typed else {"work_type": {"id": team.work_type, "text": trade}}
    if team is not None and leads:
        lines += _leader_lines(team, name)
    return {"ok": True, "lines": lines, "fill": fill}


def _leader_lines(team: Team, name: str) -> list[Line]:
    present = queries.leader_stays([team.id]).get(team.id)
    if present is None or same_name(present.name, name):
        return []
    if present.state is not StayState.DRAFT:
        return [{"level": "error", "text": str(LeaderTaken(team.name, present.name))}]
    words = gettext(
        "%(former)s is named as the leader of this team and still a draft: after saving this worker"
        " leads it, and %(former)s stays a draft without leading", former=present.name,
    )  # fmt: skip
    return [{"level": "warn", "text": words}]


def _known_values(known: Known | None) -> dict[str, str]:
    if known is None:
        return {}
    return {
        name: spec_of(ProjectWorker, name).kind.text(getattr(known, name))
        for name in FILLED if getattr(known, name) is not None
    }  # fmt: skip


def _name_lines(known: Known | None, name: str) -> list[Line]:
    if known is None or not name.strip() or same_name(known.name, name):
        return []
    return [{
        "level": "warn",
        "text": gettext("Data conflict: the city knows “%(known)s”, entered was “%(given)s”",
                        known=known.name, given=name.strip()),
    }]  # fmt: skip


def _identity_lines(read: checks.IdentityNumber, work_type: str) -> list[Line]:
    age = checks.age_on(read.birth_on, clock.today())
    lines = [{
        "level": "ok",
        "text": gettext("%(sex)s, born on %(day)s, aged %(age)s",
                        sex=dictionaries.label("gender", read.sex),
                        day=read.birth_on.isoformat(), age=age),
    }]  # fmt: skip
    lines += ages.lines(age, read.sex, work_type)
    if not read.region_known:
        lines.append({
            "level": "warn",
            "text": gettext("The region of the number is in no list in force: look again (you may"
                            " go on)"),
        })  # fmt: skip
    return lines


def _stay_lines(project: Project, stays: list[Stay]) -> list[Line]:
    lines: list[Line] = []
    for stay in stays:
        if stay.project_id != project.id:
            if stay.state is StayState.ON_SITE:
                lines.append(_elsewhere_line(stay.project_name))
        elif stay.state is StayState.EXITED:
            lines.append({
                "level": "info",
                "text": gettext("Was on this project from %(start)s to %(end)s",
                                start=_day(stay.entry_on), end=_day(stay.exit_on)),
            })  # fmt: skip
        elif stay.state is StayState.DRAFT:
            lines.append(
                {
                    "level": "info",
                    "text": gettext("Waits on this project as a draft: saving completes it"),
                }
            )
        else:
            lines.append(
                {
                    "level": "error",
                    "text": gettext("Is already on the roster of this project"),
                }
            )
    return lines


def _elsewhere_line(project_name: str) -> Line:
    """Say what saving does about a stay elsewhere, with the button that saves: 申请释放."""
    words = gettext(
        "This worker is on site at “%(project)s”. Once saved the entry here holds at once, and that"
        " site is asked to record his exit (after 3 days his stay there closes on his last punch"
        " date)", project=project_name,
    )  # fmt: skip
    return {"level": "warn", "text": words, "submit": gettext("Ask for the release")}


def _day(day: date | None) -> str:
    return day.isoformat() if day else "—"
