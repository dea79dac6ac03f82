"""下一步 on the home page: what waits for this reader, one line each with its page."""

from collections.abc import Iterator
from typing import Any

from flask import url_for
from flask_babel import gettext

from app.alerts.words import code_and_name
from app.core import scope
from app.dashboards import queries
from app.permissions import Area
from app.roster.queries import logins_not_opened

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
    kinds = (_invitations, _returned, _declined, _unopened, _alerts, _leaving, _projects)
    return [step for kind in kinds for step in kind(actor)]


def _step(title: Any, row: Any, url: str, words: str, lacking: Any = ()) -> Step:
    return {"title": title, "state": row.state, "url": url, "step": words, "lacking": lacking}


def _invitations(actor: scope.Principal) -> Iterator[Step]:
    if actor.enterprises and actor.can("accept", Area.UNITS):
        for unit in queries.open_invitations(actor.enterprises):
            url = url_for("InvitationView.show", pk=unit.id)
            yield _step(
                unit.project_name or "", unit, url, gettext("Accept or decline the invitation")
            )


def _returned(actor: scope.Principal) -> Iterator[Step]:
    words = gettext("The change of the enterprise was returned: correct it and submit it again")
    if actor.enterprises and actor.can("write", Area.ENTERPRISES):
        for change in queries.returned_changes(actor.enterprises):
            url = url_for("InformationPage.request_page", pk=change.id)
            yield _step(change.change_no, change, url, words)


def _declined(actor: scope.Principal) -> Iterator[Step]:
    if actor.can("invite", Area.UNITS):
        for unit in queries.declined_invitations(actor):
            words = gettext(
                "%(name)s has declined: invite it again, invite another unit, or let it leave",
                name=unit.name,
            )
            yield _step(unit.project_name or "", unit, url_for("UnitView.show", pk=unit.id), words)


def _unopened(actor: scope.Principal) -> Iterator[Step]:
    if actor.enterprises and actor.can("write", Area.STAFF):
        for row, project in logins_not_opened():
            words = gettext(
                "The login %(username)s of the labour manager %(name)s could not be opened: give"
                " another sign-in name", username=row.username, name=row.name,
            )  # fmt: skip
            yield _step(project, row, url_for("ManagerView.edit", pk=row.id), words)


def _alerts(actor: scope.Principal) -> Iterator[Step]:
    words = gettext("The bureau returned the handling: record it anew")
    if actor.can("handle", Area.ALERTS):
        for alert in queries.returned_alerts():
            title = f"{alert} {code_and_name(alert.rule_code)}"
            yield _step(title, alert, url_for("AlertView.show", pk=alert.id), words)


def _leaving(actor: scope.Principal) -> Iterator[Step]:
    if actor.can("exit", Area.ROSTER):
        for row, project in queries.workers_elsewhere(actor):
            words = gettext(
                "%(name)s has entered another project: record his exit here", name=row.name
            )
            yield _step(project, row, url_for("WorkerView.show", pk=row.id), words)


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
