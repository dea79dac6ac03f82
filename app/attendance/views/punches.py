"""考勤明细: the punch ledger as a list (screens.md 9.2)."""

from __future__ import annotations  # the route ``list`` hides the builtin in the class body

import json
from datetime import datetime, timedelta
from typing import Any

from flask import flash, g, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.actions import action
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import defer
from werkzeug.wrappers import Response

from app.attendance import queries, services
from app.attendance.choices import PunchState
from app.attendance.models import Punch
from app.attendance.views import legs
from app.attendance.views.legs import Wanted
from app.attendance.views.punch_cells import COMPUTED, facts_about, stay_of
from app.core import checks, scope
from app.core.columns.times import Instant, read_date
from app.core.errors import Closed
from app.core.figures import figure
from app.core.views import BaseModelView, Interface
from app.core.views.asked import integer
from app.core.views.exports import Cell
from app.core.views.pages import answer, back_or
from app.core.views.paging import LAST_OFFSET_PAGE, Page
from app.core.views.shell import chosen_project_id
from app.core.work_dates import work_date
from app.extensions import db
from app.permissions import Area
from app.roster.models import ProjectWorker

MOST_PERSONS = 50
WIDE_PAGES = 10
COUNTED = 1000  # policies are asked for every counted row: the ledger says 1,000+ beyond it


class PunchView(BaseModelView):
    """Every punch the user may see, newest first."""

    datamodel = Interface(Punch)
    route_base = "/punches"
    class_permission_name = Area.ATTENDANCE
    method_permission_name = {"run_action": "approve", "count": "approve", "void": "approve"}
    exclude_route_methods = {*BaseModelView.exclude_route_methods, "show", "unmask"}
    list_title = _("Punch list")
    empty_title = _("No punches yet")
    empty_text = _("They arrive from the gates over the interface; what is missing is entered by"
                   " hand under Attendance.")  # fmt: skip
    list_columns = [
        "punched_at", "received_at", "delay", "name", "worker_no", "team", "direction",
        "attend_method", "gate", "similarity", "photo_id", "source", "state",
    ]  # fmt: skip
    name_column = "name"
    card_columns = ("name", "punched_at", "direction", "state")
    search_columns = ["punched_at", "team_id", "unit_id", "direction", "source"]
    computed = COMPUTED
    base_order = ("punched_at", "desc")
    primary_filters = 2
    show_sections = [(_("Punch"), ["punched_at"])]
    left_out = (
        "id_type", "id_number",  # the list never reads the encrypted number: the name stands there
        "channel", "channel_known", "device_sn",  # told together by the column of the device
        "lng", "lat",  # evidence, in degrees: nobody reads a list by them
    )  # fmt: skip

    def project_id(self) -> int | None:
        """Give the project chosen at the top."""
        return chosen_project_id()

    # --- the page -------------------------------------------------------------------------

    def wanted(self) -> Wanted:
        """Read the filters of the request."""
        wanted = Wanted(state=_state_named(request.args.get("state", "")))
        for name in self.searched():
            if name == "punched_at":  # the edges of the page, below
                continue
            if raw := self._raw(name):
                clause = self._clause(self.spec(name), name, raw)
                if clause is not None:
                    wanted.conditions.append(clause)
        if keyword := request.args.get("keyword", "").strip()[:50]:
            wanted.conditions.append(Punch.id_number_hash.in_(_hashes(keyword)))
        wanted.low = _edge(request.args.get("punched_at__from", ""))
        last = _edge(request.args.get("punched_at__to", ""), following=True)
        wanted.high = last
        return wanted

    def page(self) -> Page:
        """Read one page from the legs of the principal."""
        mine = legs.legs_of(scope.current(), chosen_project_id())
        wanted, size = self.wanted(), self._size()
        last = LAST_OFFSET_PAGE if all(one.narrow for one in mine) else WIDE_PAGES
        number = min(max(integer(request.args.get("page"), 0), 0), last)
        total = legs.count(mine, wanted, COUNTED)
        wanted.below = _after(request.args.get("after", ""))
        offset = 0 if wanted.below else number * size
        keys = legs.page(mine, wanted, offset, size + 1)
        rows = legs.rows_of(keys[:size], self.load_options())
        more = len(keys) > size
        if total > COUNTED:
            total = max(total, offset + len(keys))
        next_key = json.dumps([keys[size - 1][1].isoformat(), keys[size - 1][2]]) if more else ""
        return Page(rows, number, size, total, more, next_key)

    def load_options(self) -> list[Any]:
        """Leave the encrypted number where it is: the list does not show it."""
        return [defer(Punch.id_number)]

    def facts(self, rows: list[Any]) -> Any:
        """Read workers, teams and states of these rows."""
        return facts_about(rows)

    def list_context(self) -> dict[str, Any]:
        """Add the tab of odd punches; pages of many projects go by key."""
        context = super().list_context()
        waiting = request.args.get("state") == PunchState.PENDING.name
        tabs = punch_tabs("waiting" if waiting else "punches")
        context["saved_filters"] = tabs + context["saved_filters"][1:]
        return context

    def _count_text(self, total: int) -> str:
        if total > COUNTED:
            return gettext("%(n)s+ records", n=figure(COUNTED))
        return super()._count_text(total)

    def extra_filters(self) -> list[dict[str, Any]]:
        """Give person and state."""
        keyword = {"name": "keyword", "label": gettext("Person"), "kind": "text", "primary": True,
                   "placeholder": gettext("Name or document number"),
                   "where": lambda _raw: None}  # fmt: skip
        state = {"name": "state", "label": gettext("State"), "kind": "select", "primary": True,
                 "choices": [(s.name, s.label) for s in PunchState],
                 "where": lambda _raw: None}  # fmt: skip
        return [keyword, state]

    def row_url(self, row: Any) -> str | None:
        """Lead to the person's day."""
        return day_url(row, row.worker_id)

    def _cell(self, row: Any, name: str, facts: Any) -> dict[str, Any]:
        """Give one cell; the words of codes are looked up once a page."""
        if name == "name" and row.worker_id is None and (stay := stay_of(row, facts)):
            return super()._cell(row, name, facts) | {
                "html": stay.name, "url": day_url(row, stay.id)
            }  # fmt: skip
        if name not in ("direction", "attend_method", "source"):
            return super()._cell(row, name, facts)
        words, code = g.setdefault("punch_words", {}), getattr(row, name)
        if (name, code) not in words:
            words[name, code] = self.spec(name).kind.show(code)
        return {
            "name": name, "label": self._word(name), "html": words[name, code], "url": None,
            "numeric": False, "primary": False, "card": name in self.card_columns,
        }  # fmt: skip

    def _row(self, row: Any, facts: Any) -> dict[str, Any]:
        found = super()._row(row, facts)
        state = facts["states"].get(row.id, (PunchState.VALID, ""))[0]
        found["selectable"] = state is PunchState.PENDING
        found["actions"] = offers(row, state)
        return found

    # --- decisions --------------------------------------------------------------------------

    @action("approve", _("Let count"), _("Let {n} waiting punches count?"), "", multiple=True)
    def approve(self, rows: list[Punch]) -> Response:
        """Let waiting punches count."""
        return self.run(services.decide_punches, rows, count=True)

    @expose("/count/<pk>", methods=["POST"])
    @has_access
    def count(self, pk: str) -> Any:
        """Let one waiting punch count."""
        return self._decided(self._waiting(pk), count=True)

    @expose("/void/<pk>", methods=["GET", "POST"])
    @has_access
    def void(self, pk: str) -> Any:
        """Make one waiting punch void, for a reason."""
        row = self._waiting(pk)
        reason = request.form.get("remark", "").strip()[:200]
        if not reason:
            return self.render_template(
                "ui/remark.html", title=gettext("Make void"), subject=str(row),
                action_url=url_for(".void", pk=pk, next=request.args.get("next")),
                cancel_url=url_for(".list", state=PunchState.PENDING.name),
            )  # fmt: skip
        return self._decided(row, count=False, reason=reason)

    def _waiting(self, pk: str) -> Punch:
        row: Punch = self.row(pk)
        state = queries.states_of([row.project_id], [row.id]).get(row.id, (None, ""))[0]
        if state is not PunchState.PENDING:
            raise Closed(str(row))
        return row

    def _decided(self, row: Punch, **how: Any) -> Any:
        if answer(services.decide_punches, [row], **how):
            flash(gettext("Decided: the day is computed again"), "success")
        return back_or(".list", state=PunchState.PENDING.name)

    # --- export -----------------------------------------------------------------------------

    def export_keys(self, most: int) -> list[Any]:
        """Give the keys of the filtered punches from the legs of the principal."""
        mine = legs.legs_of(scope.current(), chosen_project_id())
        return legs.page(mine, self.wanted(), 0, most)

    def export_chunk(self, keys: list[Any]) -> list[Any]:
        """Load some punches by their keys."""
        return legs.rows_of(keys, self.load_options())

    def export_cell(self, name: str) -> Cell:
        """Give what reads the cells of a column; a punch without a name has that of its stay."""
        told: Cell = super().export_cell(name)
        if name != "name":
            return told

        def named(row: Any, facts: Any) -> Any:
            stay = None if row.name else stay_of(row, facts)
            return stay.name if stay else told(row, facts)

        return named


def day_url(row: Any, worker_id: int | None) -> str | None:
    """Give the address of the work date a punch of this stay lies on, None without a stay."""
    if not worker_id:
        return None
    day = work_date(row.punched_at)
    return url_for("ReportPage.day", worker_id=worker_id, day=day.isoformat())


def offers(row: Any, state: PunchState) -> list[dict[str, Any]]:
    """Give what the labour manager of the general contractor decides about a waiting punch."""
    actor = scope.current()
    if state is not PunchState.PENDING or row.project_id not in actor.projects:
        return []
    if not actor.can("approve", Area.ATTENDANCE):
        return []
    back = request.full_path
    return [
        {"label": gettext("Let count"), "method": "post",
         "url": url_for("PunchView.count", pk=row.id, next=back),
         "confirm": gettext("Let this punch count? The hours of its day are computed again.")},
        {"label": gettext("Make void"), "danger": True,
         "url": url_for("PunchView.void", pk=row.id, next=back)},
    ]  # fmt: skip


def punch_tabs(active: str) -> list[dict[str, Any]]:
    """Give the lists of punches as tabs: all, those waiting for approval, the odd ones."""
    waiting = PunchState.PENDING
    return [
        {"label": gettext("Punches"), "url": url_for("PunchView.list"),
         "active": active == "punches"},
        {"label": waiting.label, "url": url_for("PunchView.list", state=waiting.name),
         "active": active == "waiting"},
        {"label": gettext("Odd punches"), "url": url_for("OddPunchView.list"),
         "active": active == "odd"},
    ]  # fmt: skip


def _state_named(name: str) -> PunchState | None:
    return PunchState[name] if name in PunchState.__members__ else None


def _edge(raw: str, *, following: bool = False) -> datetime | None:
    try:
        day = read_date(raw.strip()[:20])
    except checks.Invalid:
        return None
    if day is None:
        return None
    return legs.midnight(day + timedelta(days=1) if following else day)


def _after(raw: str) -> tuple[datetime, int] | None:
    try:
        at, number = json.loads(raw)
        found = Instant().clean(at)
        return (found, int(number)) if found is not None else None
    except (ValueError, TypeError):
        return None


def _hashes(keyword: str) -> list[str]:
    """Give the document hashes of persons by part of a name, or by a whole document number."""
    kind: Any = Punch.id_number.property.columns[0].info["spec"].kind
    query = select(ProjectWorker.id_number_hash).where(
        ProjectWorker.name.contains(keyword, autoescape=True)
    )
    project_id = chosen_project_id()
    if project_id is not None:
        query = query.where(ProjectWorker.project_id == project_id)
    found = list(db.session.scalars(query.limit(MOST_PERSONS)))
    return [*found, str(kind.fingerprint(kind.normal(keyword)))]
