"""The tabs of a worker beyond his own data."""

from collections.abc import Callable
from typing import Any

from flask import url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.core import words
from app.core.columns.base import EMPTY, specs
from app.core.columns.codes import Code
from app.core.columns.links import Ref
from app.core.views import Tab
from app.core.views.table import plain_rows
from app.roster import belonging, queries
from app.roster.events import worker_tabs_asked
from app.roster.models import Movement, ProjectWorker, TeamMembership
from app.roster.views.worker_contracts import contract_tab
from app.roster.views.worker_training import training_tab

Content = Callable[[Any], dict[str, Any]]


def _movements(_view: Any) -> Content:
    def content(row: Any) -> dict[str, Any]:
        made = queries.movements(row)
        who = words.people(m.created_by for m in made)
        teams = belonging.memberships(row)
        heads = [gettext("Team"), gettext("Since"), gettext("Last day in the team"),
                 gettext("Reason of the move")]  # fmt: skip
        rows = plain_rows(heads, (
            (url_for("TeamView.show", pk=one.team_id),
             [str(one.team or EMPTY), *(specs(TeamMembership)[n].shown(one) for n in MEMBER)])
            for one in teams
        ))  # fmt: skip
        return {
            "sections": [], "rows": rows,
            "timeline": [_line(m, who.get(m.created_by)) for m in made],
        }  # fmt: skip

    return content


def _line(movement: Movement, who: str | None) -> dict[str, Any]:
    reason = Code("exit_reason").show(movement.reason) if movement.reason else ""
    return {
        "who": who, "at": movement.moved_on.isoformat(), "verb": movement.kind.label,
        "from": "", "to": reason, "remark": movement.remark,
    }  # fmt: skip


def _stays(_view: Any) -> Content:
    """Give 从业记录: the stays of the person on projects the reader may see."""

    def content(row: Any) -> dict[str, Any]:
        heads = [_("Project"), *(specs(ProjectWorker)[name].label for name in STAY), _("State")]
        rows = plain_rows(heads, (
            (url_for("WorkerView.show", pk=stay.id),
             [project, *(_shown(stay, name) for name in STAY), stay.state.label])
            for stay, project in queries.visible_stays(row)
        ))  # fmt: skip
        return {"rows": rows, "empty": {"title": gettext("No records found"), "text": EMPTY}}

    return content


def _shown(stay: ProjectWorker, name: str) -> Any:
    """Give a value of a stay, of unit and team the name; a row the reader may not see is —."""
    spec = specs(ProjectWorker)[name]
    if isinstance(spec.kind, Ref):
        return str(getattr(stay, name.removesuffix("_id")) or EMPTY)
    return spec.shown(stay)


MEMBER = ("from_on", "to_on", "reason")
STAY = ("unit_id", "team_id", "work_type", "entry_on", "exit_on", "exit_reason")
OWN: tuple[tuple[str, Any, Callable[[Any], Content]], ...] = (
    ("contract", _("Contract"), contract_tab),
    ("training", _("Training and certificates"), training_tab),
    ("movements", _("Entry and exit"), _movements),
    ("stays", _("Stays in the city"), _stays),
)
ORDER = (
    "contract", "training", "movements", "attendance", "wages", "alerts",
    "incidents", "stays", "changes",
)  # fmt: skip


def tabs_of(view: Any, row: Any) -> list[Tab]:
    """Give the tabs of a worker in the order of screens.md 8.2, those of higher domains among."""
    found = [Tab(name, label, content(view)) for name, label, content in OWN]
    found += worker_tabs_asked.send(worker=row)
    return sorted(found, key=lambda tab: ORDER.index(tab.name))
