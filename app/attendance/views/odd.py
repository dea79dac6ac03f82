"""异常流水: odd punches and what is done about them (screens.md 9.2)."""

from __future__ import annotations  # the route ``list`` hides the builtin in the class body

from datetime import timedelta
from typing import Any

from flask import abort, flash, jsonify, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup
from sqlalchemy import and_, or_, select

from app.attendance import services
from app.attendance.choices import DEVICE_FAULT, IN, OddKind, OddState
from app.attendance.models import OddPunch
from app.attendance.states import ODD
from app.attendance.views.corrections import notes_of
from app.attendance.views.punch_cells import delay_of
from app.attendance.views.punches import punch_tabs
from app.core import clock, scope
from app.core.columns import Flag, Ref, column
from app.core.forms import BaseForm, extend, loose
from app.core.views import BaseModelView, Computed, Interface
from app.core.views.asked import integer
from app.core.views.pages import read_form, submit
from app.core.views.pickers import LOOKUP_SIZE
from app.core.views.shell import chosen_project_id
from app.extensions import db
from app.permissions import Area
from app.roster.choices import StayState
from app.roster.models import ProjectWorker, VisitorPass
from app.roster.queries import visitors

VISITS = "visits"  # place of the visitors among the facts of a page
NAMED = {
    "worker_id": loose("worker_id", column(
        Ref(ProjectWorker), label=_("Whose punch it is"), required_at=("form",),
        help=_("Workers of the project who were on site at that moment"),
    )),
    "others": loose("others", column(
        Flag, label=_("The other punches of this document too"),
        help=_("Every open unmatched punch of the same document while he was on site"),
    )),
}  # fmt: skip


class OddPunchView(BaseModelView):
    """Punches refused for their clock, and punches nobody was found for."""

    datamodel = Interface(OddPunch)
    route_base = "/odd-punches"
    class_permission_name = Area.ATTENDANCE
    method_permission_name = {"name_person": "approve", "people": "approve"}
    list_title = _("Odd punches")
    empty_title = _("No odd punches")
    empty_text = _("Punches with a clock too far ahead, or of people who are not on site, stand"
                   " here until they are dealt with.")  # fmt: skip
    list_columns = ["punched_at", "kind", "name", "id_number", "direction", "device_sn",
                    "channel", "delay", "photo_id", "visitor", "state"]  # fmt: skip
    name_column = "punched_at"
    card_columns = ("punched_at", "kind", "name", "visitor", "state")
    keyword_columns = ("name", "id_number")
    search_columns = ["state", "kind", "punched_at"]
    order_columns = ["punched_at", "received_at"]
    base_order = ("punched_at", "desc")
    computed = {
        "delay": Computed(_("Delay"), lambda row, _facts: delay_of(row), numeric=True),
        "visitor": Computed(_("Visitor"), lambda row, facts: _visitor(facts[VISITS].get(row.id))),
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

    def facts(self, rows: list[Any]) -> dict[Any, Any]:
        """Read who of these rows is on site, the stay by project and document, and who visits."""
        found = db.session.execute(
            select(ProjectWorker.project_id, ProjectWorker.id_number_hash, ProjectWorker.id).where(
                ProjectWorker.project_id.in_({row.project_id for row in rows}),
                ProjectWorker.id_number_hash.in_({row.id_number_hash for row in rows}),
                ProjectWorker.state == StayState.ON_SITE, ProjectWorker.is_deleted.is_(False),
            )
        )  # fmt: skip
        stays = {(project_id, hashed): number for project_id, hashed, number in found}
        unmatched = [row for row in rows if row.kind is OddKind.UNMATCHED]
        return {**stays, VISITS: visitors.of_visitors(unmatched)}

    def list_context(self) -> dict[str, Any]:
        """Add the tab of all punches."""
        context = super().list_context()
        context["saved_filters"] = punch_tabs("odd") + context["saved_filters"][1:]
        return context

    def _row(self, row: Any, facts: Any) -> dict[str, Any]:
        return super()._row(row, facts) | {"actions": self._offers(row, facts)}

    def _offers(self, row: Any, facts: Any) -> list[dict[str, Any]]:
        """Offer 指认人员, 转补录 and 忽略 while the row is open."""
        named = []
        if self.may_name(row):
            named = [{"label": self.move_label("name"), "url": url_for(".name_person", pk=row.id)}]
        if row.state is not OddState.OPEN or not self.allowed("write"):
            return named
        return [
            *named,
            {"label": gettext("Turn into a correction"), "url": self.correction_url(row, facts)},
            {"label": gettext("Ignore"), "url": url_for(".move", verb="ignore", pk=row.id)},
        ]

    def may_name(self, row: Any) -> bool:
        """Tell whether the user is the one who says whose an unmatched punch is."""
        return (
            row.state is OddState.OPEN and row.kind is OddKind.UNMATCHED
            and self.allowed("approve") and row.project_id in scope.current().projects
        )  # fmt: skip

    def move_buttons(self, row: Any) -> list[dict[str, Any]]:
        """Offer 指认人员 through its form, to whoever decides it."""
        name = url_for(".move", pk=row.id, verb="name")
        found = [one for one in super().move_buttons(row) if one["url"] != name]
        if self.may_name(row):
            found.insert(0, {"label": self.move_label("name"), "method": "get", "tone": "",
                             "url": url_for(".name_person", pk=row.id)})  # fmt: skip
        return found

    @expose("/name/<pk>", methods=["GET", "POST"])
    @has_access
    def name_person(self, pk: str) -> Any:
        """Show and take the form that says whose an unmatched punch is."""
        row = self.row(pk)
        if not self.may_name(row):
            abort(409)
        form = read_form(extend(BaseForm, NAMED, title="Named"))

        def save(values: dict[str, Any], *, actor: scope.Principal) -> Any:
            return services.name_person(row, values, actor=actor)

        if request.method == "POST" and submit(form, save) is not None:
            flash(gettext("Matched: the day is computed again"), "success")
            return redirect(url_for(".list"))
        form.worker_id.lookup_url = url_for(".people", pk=row.id)
        chosen = db.session.get(ProjectWorker, integer(form.worker_id.typed, 0))
        form.worker_id.chosen = [(str(chosen.id), str(chosen))] if chosen else []
        told = (
            f"{clock.local(row.punched_at):%Y-%m-%d %H:%M:%S} {self.spec('id_number').masked(row)}"
        )
        return self.render_template(
            self.add_template, title=self.move_label("name"), form_errors=form.form_errors,
            sections=[(told, [form.worker_id, form.others], True)],
            form_hidden=form.hidden_tag(), cancel_url=url_for(".show", pk=pk),
        )  # fmt: skip

    @expose("/people/<pk>", methods=["GET"])
    @has_access
    def people(self, pk: str) -> Any:
        """Answer the picker: workers of the punch's project on site that day, with their team."""
        row, term = self.row(pk), request.args.get("q", "").strip()[:50]
        page = max(integer(request.args.get("page"), 1), 1)
        query = _on_site(row)
        if term:
            query = query.where(or_(
                ProjectWorker.name.contains(term, autoescape=True),
                ProjectWorker.worker_no.contains(term, autoescape=True),
            ))  # fmt: skip
        found = list(db.session.scalars(
            query.order_by(ProjectWorker.id.desc())
            .offset((page - 1) * LOOKUP_SIZE).limit(LOOKUP_SIZE + 1)
        ))  # fmt: skip
        notes = notes_of([one.id for one in found])
        return jsonify(
            results=[{"id": one.id, "text": str(one), "note": notes.get(one.id, "")}
                     for one in found[:LOOKUP_SIZE]],
            pagination={"more": len(found) > LOOKUP_SIZE},
        )  # fmt: skip

    def subtitle(self, row: Any) -> Any:
        """Say that a visitor made the punch during his visit: it is nobody's who works here."""
        visit = visitors.of_visitors([row]).get(row.id) if row.kind is OddKind.UNMATCHED else None
        return _visitor(visit) if visit else super().subtitle(row)

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
        if verb == "name":
            abort(409)  # whose it is stands in the form
        if verb == "ignore":
            services.ignore_odd(row, remark, actor=actor)
        else:
            ODD.fire(verb, row, actor=actor, remark=remark)


def _visitor(visit: VisitorPass | None) -> Any:
    """Name the visitor whose punch it is, with the way to his pass (screens.md 8.6)."""
    if visit is None:
        return ""
    return Markup('<a href="{}">{}</a>').format(
        url_for("VisitorView.show", pk=visit.id), gettext("Visitor %(name)s", name=visit.name)
    )


def _on_site(row: Any) -> Any:
    """Give the stays of the project that may cover the moment of a punch."""
    day = clock.local(row.punched_at).date()
    return select(ProjectWorker).where(
        ProjectWorker.project_id == row.project_id, ProjectWorker.is_deleted.is_(False),
        or_(
            ProjectWorker.state.in_((StayState.ON_SITE, StayState.EXITED)),
            # what came by interface begins with its first punch
            and_(ProjectWorker.state == StayState.DRAFT,
                 ProjectWorker.source.in_(("api", "device"))),
        ),
        or_(ProjectWorker.entry_on.is_(None), ProjectWorker.entry_on <= day),
        or_(ProjectWorker.exit_on.is_(None), ProjectWorker.exit_on >= day - timedelta(days=1)),
    )  # fmt: skip


__all__ = ["OddPunchView"]
