"""预警信息: the list and the page of an alert, for contractor and government (screens.md 11)."""

from __future__ import annotations  # the route ``list`` hides the builtin in the class body

import re
from typing import Any

from flask import abort, current_app, flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup
from sqlalchemy import Select, and_, func, or_, select

from app.alerts import queries, sections, services, words
from app.alerts.choices import (
    CONTRACTOR_CLOSES,
    OPEN_STATES,
    TO_CLOSE,
    TO_DECIDE,
    UNCLOSED,
    AlertState,
    Decision,
)
from app.alerts.forms import FIELDS, handling_form
from app.alerts.models import Alert
from app.alerts.states import ALERT_FLOW
from app.core import clock, rules, scope
from app.core.views import BaseModelView, Computed, Interface, action, answer
from app.core.views.pages import read_form, submit
from app.core.views.shell import chosen_project_id
from app.extensions import db
from app.permissions import Area
from app.projects.models import Project

HANDLING = [(_("Handling"), list(FIELDS))]
ANY = "ALL"
NUMBER = re.compile(r"(?:YJ)?0*([0-9]{1,17})", re.IGNORECASE)
PAGING = {"order", "size", "page", "after", "all"}


class AlertView(BaseModelView):
    """预警信息."""

    datamodel = Interface(Alert)
    class_permission_name = Area.ALERTS
    method_permission_name = {"handle": "handle", "urge": "urge", "decide": "close",
                              "run_action": "read"}  # fmt: skip
    flow = ALERT_FLOW
    show_sections = [
        (_("Particulars"), [
            "subject", "unit_id", "about_on", "first_seen_at", "last_seen_at", "due_at",
            "highest_level", "close_kind", "closed_at", "exempt_until",
        ]),
    ]  # fmt: skip
    left_out = (
        # said in the head of the page, in its reason and in its course
        "rule_code", "category", "level", "sentence", "responsible", "office", "doubtful",
        "reopened_at", "acknowledged_at", "handled_at", "result", "exempt_basis", "exempt_file",
    )  # fmt: skip
    list_title = _("Warnings")
    list_columns = [
        "number", "level", "summary", "remaining", "state", "rule_code", "subject", "project",
        "unit_id", "category", "first_seen_at", "last_seen_at", "due_at", "responsible", "office",
    ]  # fmt: skip
    site_columns = ("project",)
    card_columns = (
        "level", "rule_code", "subject", "project", "unit_id", "remaining", "state",
    )  # fmt: skip
    search_columns = ["level", "unit_id", "first_seen_at", "doubtful"]
    order_columns = ["first_seen_at", "last_seen_at", "due_at", "level"]
    base_order = ("urgency", "desc")
    keyword_columns = ("subject",)
    computed = {
        "number": Computed(_("Alert no."), lambda row, _f: row.number),
        "rule_code": Computed(_("Rule"), lambda row, _f: words.rule_name(row)),
        "category": Computed(_("Category"), lambda row, _f: gettext(row.category)),
        "project": Computed(_("Project"), lambda row, f: f["projects"].get(row.project_id, "")),
        "subject": Computed(_("Subject"), lambda row, _f: words.narrow(row.subject or "")),
        "state": Computed(_("State"), lambda row, _f: words.standing(row)),
        "summary": Computed(_("Summary"), lambda row, _f: words.two_lines(words.sentence_of(row))),
        "remaining": Computed(_("Time left"), lambda row, _f: words.remaining(row)),
    }
    empty_title = _("No warnings")
    empty_text = _("The rules have found nothing here. They run every night and whenever data"
                   " arrive.")  # fmt: skip
    tab_filters = ("state",)

    # --- list -----------------------------------------------------------------------------

    def project_id(self) -> int | None:
        """Give the project chosen at the top."""
        return chosen_project_id()

    def facts(self, rows: list[Alert]) -> dict[str, Any]:
        """Read the names of the projects of a page."""
        numbers = {row.project_id for row in rows}
        found = db.session.execute(select(Project.id, Project.name).where(Project.id.in_(numbers)))
        return {"projects": dict(iter(found))}

    def keyword_clause(self, keyword: str) -> Any:
        """Search by number and project as well as by subject."""
        found = NUMBER.fullmatch(keyword)
        named = select(Project.id).where(
            or_(Project.name.contains(keyword, autoescape=True), Project.project_no == keyword)
        )
        parts = [super().keyword_clause(keyword), Alert.project_id.in_(named)]
        return or_(*parts, Alert.id == int(found[1])) if found else or_(*parts)

    def extra_filters(self) -> list[dict[str, Any]]:
        """Give filters by rule, category, project, state and missed clock."""
        known = rules.registered()
        late = and_(
            Alert.due_at < clock.now(), Alert.state.in_(OPEN_STATES), Alert.handled_at.is_(None)
        )
        found: list[dict[str, Any]] = [
            {"name": "rule", "label": gettext("Rule"), "kind": "select", "primary": True,
             "choices": [(code, f"{code} {rule.name}") for code, rule in known.items()],
             "where": lambda raw: Alert.rule_code == raw},
            {"name": "state", "label": gettext("State"), "kind": "select",
             "choices": [], "where": _in_state},
            {"name": "category", "label": gettext("Category"), "kind": "select",
             "choices": [(c, gettext(c)) for c in sorted({r.category for r in known.values()})],
             "where": lambda raw: Alert.category == raw},
            {"name": "urged", "label": gettext("Urged"), "kind": "select",
             "choices": [("1", gettext("Yes"))], "where": lambda _raw: and_(*queries.urged())},
            {"name": "overdue", "label": gettext("Overdue"), "kind": "select",
             "choices": [("1", gettext("Yes"))], "where": lambda _raw: late},
        ]  # fmt: skip
        if not chosen_project_id() and "SiteView.options" in current_app.view_functions:
            found.append(self._project_filter())
        return found

    def _project_filter(self) -> dict[str, Any]:
        value = request.args.get("project", "")
        number = int(value) if value.isdecimal() and len(value) < 18 else 0
        name = db.session.scalar(select(Project.name).where(Project.id == number))
        return {
            "name": "project", "label": gettext("Project"), "kind": "remote",
            "url": url_for("SiteView.options"), "choices": [(value, name)] if name else [],
            "where": lambda raw: Alert.project_id == (
                int(raw) if raw.isdecimal() and len(raw) < 18 else 0),
        }  # fmt: skip

    def _saved_filters(self) -> list[dict[str, Any]]:
        """Give the tabs by state, then the user's own filters."""
        counts: dict[Any, int] = dict(
            db.session.execute(
                self.within(select(Alert.state, func.count()))
                .where(Alert.is_deleted.is_(False), Alert.state.in_(OPEN_STATES))
                .group_by(Alert.state)
            ).all()
        )
        here, path = self.chosen_state(), url_for(".list")
        tabs = [
            {"label": state.label, "url": f"{path}?state={state.name}",
             "active": here == state.name,
             "count": counts.get(state, 0) if state in OPEN_STATES else None}
            for state in AlertState
        ]  # fmt: skip
        mine = self.kept_tabs()
        bureau = self.allowed("close")
        waiting = ((TO_CLOSE, gettext("To write off")), (TO_DECIDE, gettext("To decide")))
        more = ((UNCLOSED, gettext("Not closed")), (ANY, gettext("All")))
        extra = [
            {"label": label, "url": f"{path}?state={code}", "active": here == code}
            for code, label in ((*waiting, *more) if bureau else more)
        ]
        return [*tabs, *extra, *mine]

    def list_context(self) -> dict[str, Any]:
        """Give the list; its state is chosen by the tabs and kept by the filter form."""
        hidden = {"state": self.chosen_state()} if self.chosen_state() else {}
        context = super().list_context()
        return {**context, "filter_hidden": {**context["filter_hidden"], **hidden}}

    def _filter_bar(self) -> list[dict[str, Any]]:
        sought = "、".join((gettext("Alert no."), gettext("Project"), gettext("Subject")))
        return [
            field | ({"placeholder": sought} if field["name"] == "keyword" else {})
            for field in super()._filter_bar() if field["name"] != "state"
        ]  # fmt: skip

    def empty(self) -> dict[str, Any]:
        """Say of the tab the list opens with that nothing waits; other tabs may hold some."""
        if self.chosen_state() != AlertState.OPEN.name:
            return super().empty()
        return {
            "title": gettext("No warning waits"),
            "text": gettext("The rules run every night and whenever data arrive; warnings already"
                            " taken up stand under the other tabs."),
        }  # fmt: skip

    def chosen_state(self) -> str:
        """Give the state asked for; a list opened without any wish shows what waits."""
        wished = set(request.args) - PAGING
        return request.args.get("state", "") if wished else AlertState.OPEN.name

    def filtered(self) -> Select[Any]:
        """Give the alerts asked for; without any wish those that wait (screens.md 11.1)."""
        query = super().filtered()
        wished = set(request.args) - PAGING
        return query if wished else query.where(Alert.state == AlertState.OPEN)

    def _order(self) -> tuple[Any, bool, str]:
        attribute, down, name = super()._order()
        return (Alert.level_rank if name == "level" else attribute), down, name

    def row_actions(self, row: Alert) -> list[dict[str, Any]]:
        """Give the words behind a row: acknowledging and handling."""
        found = []
        if row.state is AlertState.OPEN and self.allowed("acknowledge"):
            found.append({"label": self.move_label("acknowledge"), "method": "post",
                          "url": url_for(".move", verb="acknowledge", pk=row.id)})  # fmt: skip
        if row.state in (AlertState.ACKNOWLEDGED, AlertState.HANDLING) and self.allowed("handle"):
            found.append({"label": self.move_label("handle"),
                          "url": url_for(".handle", pk=row.id)})  # fmt: skip
        return found

    @action("acknowledge", _("Acknowledge"), _("Acknowledge the ticked warnings?"))
    def acknowledge(self, alerts: list[Alert]) -> Any:
        """Acknowledge ticked alerts."""
        return self.run(services.acknowledge_many, alerts)

    # --- detail ---------------------------------------------------------------------------

    def subtitle(self, row: Alert) -> Any:
        """Give the rule and the project."""
        project = db.session.scalar(select(Project.name).where(Project.id == row.project_id))
        return f"{words.rule_name(row)} · {project or ''}"

    def head(self, row: Alert) -> dict[str, Any]:
        """Give the head card, its state with whose turn it is."""
        found, urged = super().head(row), words.is_urged(row)
        badge = found["state_badge"]
        parts = [badge["label"], words.awaits(row), gettext("Urged") if urged else ""]
        label = "·".join(str(part) for part in parts if part)
        found["state_badge"] = {"label": label, "tone": "red" if urged else badge["tone"]}
        return found

    def move_label(self, verb: str) -> Any:
        """Give the words screens.md 11.2 has for the steps of the bureau."""
        own = {"close": gettext("Write off"), "return": gettext("Send back")}
        return own.get(verb) or super().move_label(verb)

    def head_facts(self, row: Alert) -> list[dict[str, Any]]:
        """Give level, clock and office."""
        return [
            {"label": gettext("Level"), "value": words.level_mark(row.level)},
            {"label": gettext("Time left"), "value": words.remaining(row)},
            {"label": gettext("Reported to"), "value": row.office.label},
            {"label": gettext("Responsible person"), "value": row.responsible},
        ]

    def own_tab(self, row: Alert) -> dict[str, Any]:
        """Give the reason, what ends it, how to mend it, the evidence, the course."""
        found = sections.of(row, self.show_sections, self.value)
        return {"sections": found, "timeline": sections.timeline(row)}

    def move_buttons(self, row: Alert) -> list[dict[str, Any]]:
        """Give a button for each step that makes sense now and that the user may take."""
        rule = words.rule_of(row)
        decided = bool(rule and rule.decided)
        government = scope.current().audience is scope.Audience.GOVERNMENT
        handled = row.handled_at is not None
        closable = handled and not decided
        sensible = {
            "acknowledge": True, "handle": True, "return": handled,
            "decide": decided and government, "close": closable and government,
            "settle": closable and row.level in CONTRACTOR_CLOSES and not government,
        }  # fmt: skip
        moves = [m.verb for m in ALERT_FLOW.open_to(scope.current(), row.state)]
        found = [self._button(verb, row) for verb in moves if sensible.get(verb)]
        if row.state in OPEN_STATES and self.allowed("urge"):
            found.append({"label": self.move_label("urge"), "tone": "", "method": "get",
                          "url": url_for(".urge", pk=row.id)})  # fmt: skip
        return found

    def _button(self, verb: str, row: Alert) -> dict[str, Any]:
        if verb == "acknowledge":
            return {"label": self.move_label(verb), "tone": "primary", "method": "post",
                    "url": url_for(".move", pk=row.id, verb=verb)}  # fmt: skip
        if verb in ("handle", "decide"):
            return {"label": self.move_label(verb), "tone": "primary", "method": "get",
                    "url": url_for(f".{verb}", pk=row.id)}  # fmt: skip
        return {"label": self.move_label(verb), "method": "get",
                "tone": "danger" if verb == "return" else "",
                "url": url_for(".move", pk=row.id, verb=verb)}  # fmt: skip

    # --- steps ----------------------------------------------------------------------------

    def make_move(self, verb: str, row: Alert, remark: str, *, actor: scope.Principal) -> None:
        """Take one step through its service."""
        if verb == "acknowledge":
            services.acknowledge(row, actor=actor)
        elif verb == "return":
            services.send_back(row, remark, actor=actor)
        elif verb in ("close", "settle"):
            services.close(row, remark, actor=actor)
        elif verb == "decide":
            decision = Decision.__members__.get(request.form.get("decision", ""))
            services.decide(row, decision, remark, actor=actor)
        else:
            abort(404)

    @expose("/handle/<pk>", methods=["GET", "POST"])
    @has_access
    def handle(self, pk: str) -> Any:
        """Show and take the handling form."""
        row = self.row(pk)
        form = read_form(handling_form(row.level))
        if request.method == "POST":

            def save(values: dict[str, Any], *, actor: scope.Principal) -> Any:
                return services.handle(row, values, actor=actor)

            if submit(form, save) is not None:
                flash(gettext("The handling is recorded"), "success")
                return redirect(url_for(".show", pk=pk))
        return self.form_page(
            form, HANDLING, f"{gettext('Handling')}：{row}", url_for(".show", pk=pk),
            form_notice=_what_is_asked(row), submit_label=gettext("Submit the handling"),
        )  # fmt: skip

    @expose("/decide/<pk>", methods=["GET", "POST"])
    @has_access
    def decide(self, pk: str) -> Any:
        """Show and take the decision of the bureau: which one it is, and its words."""
        row, remark = self.row(pk), request.form.get("remark", "").strip()[:500]
        rule = words.rule_of(row)
        if rule is None or not rule.decided:
            abort(404)
        if request.method == "POST":
            done = answer(self.make_move, "decide", row, remark, success=self.moved_words("decide"))
            if done:
                return redirect(url_for(".show", pk=pk))
        return self.render_template(
            "alerts/decide.html", title=self.move_label("decide"), subject=str(row),
            decisions=list(Decision), chosen=request.form.get("decision", ""), remark=remark,
            action_url=url_for(".decide", pk=pk), cancel_url=url_for(".show", pk=pk),
        )  # fmt: skip

    @expose("/urge/<pk>", methods=["GET", "POST"])
    @has_access
    def urge(self, pk: str) -> Any:
        """Ask for words and urge."""
        row = self.row(pk)
        if request.method == "POST":
            remark = request.form.get("remark", "").strip()[:500]
            if answer(services.urge, row, remark, success=_urged_words(row)):
                return redirect(url_for(".show", pk=pk))
        return self.render_template(
            "ui/remark.html", title=self.move_label("urge"), subject=str(row),
            action_url=url_for(".urge", pk=pk), cancel_url=url_for(".show", pk=pk),
        )  # fmt: skip


def _urged_words(row: Alert) -> str:
    if row.tenant_sees:
        return gettext("Urged: your words stand in the to-do lists of the unit and the general"
                       " contractor")  # fmt: skip
    return gettext("Your words stand in the course of the warning, which contractors do not see"
                   " yet")  # fmt: skip


def _what_is_asked(row: Alert) -> Any:
    returned = queries.last_return(row)
    if returned is None:
        return ""
    return Markup('<section class="card"><h2>{}</h2><p>{}</p></section>').format(
        gettext("Returned by the bureau"), returned.remark
    )


def _in_state(raw: str) -> Any:
    if raw == ANY:
        return None
    if raw == UNCLOSED:
        return Alert.state.in_(OPEN_STATES)
    if raw == TO_CLOSE:
        return and_(*queries.to_close())
    if raw == TO_DECIDE:
        return and_(*queries.to_decide())
    return Alert.state == AlertState.__members__.get(raw)
