"""异常流水: odd punches and what is done about them (screens.md 9.2)."""

from __future__ import annotations  # the route ``list`` hides the builtin in the class body

from typing import Any

from flask import url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.attendance import services
from app.attendance.choices import DEVICE_FAULT, IN, OddState
from app.attendance.models import OddPunch
from app.attendance.states import ODD
from app.attendance.views.punches import delay_of, punch_tabs
from app.core import clock, scope
from app.core.views import BaseModelView, Computed, Interface
from app.core.views.shell import chosen_project_id
from app.extensions import db
from app.permissions import Area
from app.roster.choices import StayState
from app.roster.models import ProjectWorker


class OddPunchView(BaseModelView):
    """Punches refused for their clock, and punches nobody was found for."""

    datamodel = Interface(OddPunch)
    route_base = "/odd-punches"
    class_permission_name = Area.ATTENDANCE
    list_title = _("Odd punches")
    empty_title = _("No odd punches")
    empty_text = _("Punches with a clock too far ahead, or of people who are not on site, stand"
                   " here until they are dealt with.")  # fmt: skip
    list_columns = ["punched_at", "kind", "name", "id_number", "direction", "device_sn",
                    "channel", "delay", "photo_id", "state"]  # fmt: skip
    name_column = "punched_at"
    card_columns = ("punched_at", "kind", "name", "state")
    keyword_columns = ("name", "id_number")
    search_columns = ["state", "kind", "punched_at"]
    order_columns = ["punched_at", "received_at"]
    base_order = ("punched_at", "desc")
    computed = {
        "delay": Computed(_("Delay"), lambda row, _facts: delay_of(row), numeric=True),
    }
    flow = ODD
    show_sections = [
        (_("Punch"), ["kind", "punched_at", "received_at", "direction", "attend_method",
                      "device_sn", "channel", "photo_id"]),
        (_("Person"), ["name", "id_type", "id_number", "unit_id", "team_id"]),
    ]  # fmt: skip

    def project_id(self) -> int | None:
        """Give the project chosen at the top."""
        return chosen_project_id()

    def facts(self, rows: list[Any]) -> dict[tuple[int, str], int]:
        """Read who of these rows is on site: the stay by project and document."""
        found = db.session.execute(
            select(ProjectWorker.project_id, ProjectWorker.id_number_hash, ProjectWorker.id).where(
                ProjectWorker.project_id.in_({row.project_id for row in rows}),
                ProjectWorker.id_number_hash.in_({row.id_number_hash for row in rows}),
                ProjectWorker.state == StayState.ON_SITE, ProjectWorker.is_deleted.is_(False),
            )
        )  # fmt: skip
        return {(project_id, hashed): number for project_id, hashed, number in found}

    def list_context(self) -> dict[str, Any]:
        """Add the tab of all punches."""
        context = super().list_context()
        context["saved_filters"] = punch_tabs("odd") + context["saved_filters"][1:]
        return context

    def _row(self, row: Any, facts: Any) -> dict[str, Any]:
        return super()._row(row, facts) | {"actions": self._offers(row, facts)}

    def _offers(self, row: Any, facts: Any) -> list[dict[str, Any]]:
        """Offer 转补录 and 忽略 while the row is open."""
        if row.state is not OddState.OPEN or not self.allowed("write"):
            return []
        return [
            {"label": gettext("Turn into a correction"), "url": self.correction_url(row, facts)},
            {"label": gettext("Ignore"), "url": url_for(".move", verb="ignore", pk=row.id)},
        ]

    def buttons(self, row: Any) -> list[dict[str, Any]]:
        """Add 转补录 to the moves."""
        found = super().buttons(row)
        if row.state is OddState.OPEN and self.allowed("write"):
            url = self.correction_url(row, self.facts([row]))
            found.insert(0, {"label": gettext("Turn into a correction"), "method": "get",
                             "tone": "primary", "url": url})  # fmt: skip
        return found

    def correction_url(self, row: Any, facts: Any) -> str:
        """Give the address of 新增考勤 filled in with what is known (reason 设备故障)."""
        at = clock.local(row.punched_at)
        name = "in_time" if row.direction == IN else "out_time"
        time: dict[str, Any] = {name: f"{at:%H:%M}"}
        return url_for(
            "CorrectionView.add", odd=row.id,
            worker_ids=facts.get((row.project_id, row.id_number_hash)),
            work_on=min(at.date(), clock.today()).isoformat(), reason=DEVICE_FAULT, **time,
        )  # fmt: skip

    def make_move(self, verb: str, row: Any, remark: str, *, actor: scope.Principal) -> None:
        """Put an odd punch aside; its other moves are made by services."""
        if verb == "ignore":
            services.ignore_odd(row, remark, actor=actor)
        else:
            ODD.fire(verb, row, actor=actor, remark=remark)


__all__ = ["OddPunchView"]
