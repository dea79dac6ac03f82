"""The tabs of a worker beyond his own data."""

from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext as _

from app.core import words
from app.core.columns.base import specs
from app.core.columns.codes import Code
from app.roster import queries
from app.roster.models import Certificate, Movement
from app.roster.services.certificates import OPEN, certificates_of
from app.roster.views.worker_columns import AGREEMENT, LESSONS

Content = Callable[[Any], dict[str, Any]]


def _contract(view: Any) -> Content:
    def content(row: Any) -> dict[str, Any]:
        return {"sections": [(_("Contract"), _pairs(view, row, AGREEMENT))]}

    return content


def _training(view: Any) -> Content:
    def content(row: Any) -> dict[str, Any]:
        held = specs(Certificate)
        return {
            "sections": [
                (_("Training"), _pairs(view, row, LESSONS)),
                *[(held["kind"].shown(one), [(held[n].label, held[n].shown(one)) for n in OPEN])
                  for one in certificates_of(row)],
            ]
        }  # fmt: skip

    return content


def _movements(_view: Any) -> Content:
    def content(row: Any) -> dict[str, Any]:
        made = queries.movements(row)
        who = words.people(m.created_by for m in made)
        return {"sections": [], "timeline": [_line(m, who.get(m.created_by)) for m in made]}

    return content


def _line(movement: Movement, who: str | None) -> dict[str, Any]:
    reason = Code("exit_reason").show(movement.reason) if movement.reason else ""
    return {
        "who": who, "at": movement.moved_on.isoformat(), "verb": movement.kind.label,
        "from": "", "to": reason, "remark": movement.remark,
    }  # fmt: skip


def _pairs(view: Any, row: Any, names: list[str]) -> list[tuple[Any, Any]]:
    return [(view.spec(name).label, view.value(row, name)) for name in names]


TABS: tuple[tuple[str, Any, Callable[[Any], Content]], ...] = (
    ("contract", _("Contract"), _contract),
    ("training", _("Training and certificates"), _training),
    ("movements", _("Entry and exit"), _movements),
)
