"""下一步 on the home page: what waits for this reader, one line each with its page."""

from collections.abc import Callable, Iterator
from typing import Any

from flask import url_for
from flask_babel import gettext

from app.alerts.models import named
from app.alerts.words import code_and_name
from app.core import scope
from app.core.dictionaries import label
from app.dashboards import queries, waiting
from app.dashboards.waiting import Waiting
from app.permissions import Area
from app.roster.choices import ReplacementState

# who may take the next step of a project: it leads to a form of this area
STEP_AREAS = {
    "correct": Area.PROJECTS,
    "complete": Area.PROJECTS,
    "start": Area.PROJECTS,
    "teams": Area.ROSTER,
    "workers": Area.ROSTER,
}
Step = dict[str, Any]


def next_steps(actor: scope.Principal) -> list[Step]:
    """Give what this reader does next: what others wait for first, then his projects one by one."""
    found = waiting.read(_kinds(actor))
    steps = [step for kind in found for step in LINES[kind](found[kind])]
    return [*steps, *_projects(actor)]


def office_steps(actor: scope.Principal) -> list[Step]:
    """Give what waits for an official beside the reviews: warnings, incidents, corrections."""
    kinds: dict[str, Any] = {}
    if actor.can("close", Area.ALERTS):
        kinds["decisions"] = waiting.alerts_to_decide()
        kinds["handled"] = waiting.alerts_to_close()
    if actor.can("confirm", Area.INCIDENTS):
        kinds["incidents"] = waiting.incidents_to_verify()
    if actor.can("approve", Area.ATTENDANCE):
        kinds["corrections"] = waiting.corrections(actor)
    if actor.can("approve", Area.PERSONS):
        kinds["objections"] = waiting.corrections_to_decide()
    if actor.can("approve", Area.STAFF):
        kinds["replacements"] = waiting.replacements(ReplacementState.SUBMITTED)
    found = waiting.read(kinds)
    return [step for kind in found for step in LINES[kind](found[kind])]


def _kinds(actor: scope.Principal) -> dict[str, Any]:
    """Give what may wait for this reader, in the order of the page."""
    kinds: dict[str, Any] = {}
    if actor.enterprises and actor.can("accept", Area.UNITS):
        kinds["invitations"] = waiting.open_invitations(actor.enterprises)
    if actor.enterprises and actor.can("write", Area.ENTERPRISES):
        kinds["changes"] = waiting.changes(actor.enterprises)
    if actor.can("invite", Area.UNITS):
        kinds["declined"] = waiting.declined_invitations(actor)
    if actor.enterprises and actor.can("write", Area.STAFF):
        kinds["unopened"] = waiting.unopened_logins()
    if actor.can("exit", Area.STAFF):
        kinds["succession"] = waiting.replacements(ReplacementState.RETURNED)
    if actor.can("handle", Area.ALERTS):
        kinds["urged"] = waiting.urged_alerts()
        kinds["alerts"] = waiting.returned_alerts()
    if actor.projects and actor.can("approve", Area.ATTENDANCE):
        kinds["corrections"] = waiting.corrections(actor)
    if actor.can("exit", Area.ROSTER):
        kinds["leaving"] = waiting.workers_elsewhere(actor)
    if actor.can("dispute", Area.PERSONS):
        kinds["notices"] = waiting.corrections_to_read(actor)
    return kinds


def _step(title: str, row: Any, url: str, words: str, lacking: Any = ()) -> Step:
    return {"title": title, "state": row.state, "url": url, "step": words, "lacking": lacking}


def _invitations(rows: list[Waiting]) -> Iterator[Step]:
    for row in rows:
        url = url_for("InvitationView.show", pk=row.number)
        yield _step(row.title, row, url, gettext("Accept or decline the invitation"))


def _returned(rows: list[Waiting]) -> Iterator[Step]:
    words = gettext("The change of the enterprise was returned: correct it and submit it again")
    for row in waiting.not_taken_up(rows):
        url = url_for("InformationPage.request_page", pk=row.number)
        yield _step(row.title, row, url, words)


def _declined(rows: list[Waiting]) -> Iterator[Step]:
    for row in rows:
        words = gettext(
            "%(name)s has declined: invite it again, invite another unit, or let it leave",
            name=row.about,
        )
        yield _step(row.title, row, url_for("UnitView.show", pk=row.number), words)


def _unopened(rows: list[Waiting]) -> Iterator[Step]:
    for row in rows:
        words = gettext(
            "The login %(username)s of the labour manager %(name)s could not be opened: give"
            " another sign-in name", username=row.more, name=row.about,
        )  # fmt: skip
        yield _step(row.title, row, url_for("ManagerView.edit", pk=row.number), words)


def _alert(row: Waiting, words: str) -> Step:
    title = f"{named(row.number, row.title)} {code_and_name(row.about)}"
    return _step(title, row, url_for("AlertView.show", pk=row.number), words)


def _urged(rows: list[Waiting]) -> Iterator[Step]:
    for row in rows:
        yield _alert(row, gettext("The bureau urges: %(words)s", words=row.more))


def _alerts(rows: list[Waiting]) -> Iterator[Step]:
    for row in rows:
        yield _alert(row, gettext("The bureau returned the handling: record it anew"))


def _decisions(rows: list[Waiting]) -> Iterator[Step]:
    for row in rows:
        yield _alert(row, gettext("Record a decision"))


def _handled(rows: list[Waiting]) -> Iterator[Step]:
    for row in rows:
        yield _alert(row, gettext("The handling is recorded: write it off or send it back"))


def _incidents(rows: list[Waiting]) -> Iterator[Step]:
    for row in rows:
        title = " ".join((row.title, label("incident_kind", row.about), row.more))
        url = url_for("IncidentView.show", pk=row.number)
        yield _step(title, row, url, gettext("Verify the incident"))


def _leaving(rows: list[Waiting]) -> Iterator[Step]:
    for row in rows:
        words = gettext(
            "%(name)s has entered another project: record his exit here by 24:00 of %(day)s, else"
            " it is closed on his last punch date", name=row.about, day=row.more,
        )  # fmt: skip
        yield _step(row.title, row, url_for("WorkerView.show", pk=row.number), words)


def _notices(rows: list[Waiting]) -> Iterator[Step]:
    for row in rows:
        words = gettext(
            "The data of %(name)s are to be corrected: read it and object by %(time)s if they are"
            " right", name=row.about, time=row.more,
        )  # fmt: skip
        yield _step(row.title, row, url_for("PersonCorrectionView.show", pk=row.number), words)


def _objections(rows: list[Waiting]) -> Iterator[Step]:
    for row in rows:
        words = gettext("Decide the disputed correction of %(name)s", name=row.about)
        yield _step(row.title, row, url_for("DisputeView.show", pk=row.number), words)


def _corrections(rows: list[Waiting]) -> Iterator[Step]:
    for row in rows:
        words = gettext(
            "Approve or reject the attendance %(unit)s entered for %(workers)s",
            unit=row.more, workers=row.about,
        )  # fmt: skip
        yield _step(row.title, row, url_for("CorrectionView.show", pk=row.number), words)


def _replacements(rows: list[Waiting]) -> Iterator[Step]:
    for row in rows:
        words = gettext("Review who replaces %(name)s", name=row.about)
        yield _step(row.title, row, url_for("ReplacementReviewView.show", pk=row.number), words)


def _succession(rows: list[Waiting]) -> Iterator[Step]:
    for row in rows:
        words = gettext(
            "The request to replace %(name)s was returned: %(words)s", name=row.about,
            words=row.more,
        )  # fmt: skip
        yield _step(row.title, row, url_for("ReplacementView.show", pk=row.number), words)


LINES: dict[str, Callable[[list[Waiting]], Iterator[Step]]] = {
    "invitations": _invitations, "changes": _returned, "declined": _declined,
    "unopened": _unopened, "urged": _urged, "alerts": _alerts, "leaving": _leaving,
    "decisions": _decisions, "handled": _handled, "incidents": _incidents,
    "corrections": _corrections, "notices": _notices, "objections": _objections,
    "replacements": _replacements, "succession": _succession,
}  # fmt: skip


def _projects(actor: scope.Principal) -> Iterator[Step]:
    for step in queries.next_steps(actor):
        if step.verb and actor.can("write", STEP_AREAS[step.verb]):
            yield _step(
                step.project.name, step.project, _url(step.project, step.verb),
                _word(step.verb), step.lacking,
            )  # fmt: skip


def _word(step: str) -> str:
    return {
        "correct": gettext("Correct what the reviewer marked and submit it again"),
        "complete": gettext("Complete the data and submit it for review"),
        "start": gettext("Report the start of works"),
        "teams": gettext("Add the first team"),
        "workers": gettext("Add the first workers"),
    }.get(step, "")


def _url(project: Any, step: str) -> str:
    return {
        "teams": lambda: url_for("TeamView.list"),
        "workers": lambda: url_for("WorkerView.list"),
    }.get(step, lambda: url_for("ProjectView.show", pk=project.id))()
