"""工资发放: list and page of the payrolls, their moves, papers and answers (screens.md 10.6)."""

from __future__ import annotations  # the route ``list`` hides the builtin in the class body

from typing import Any

from flask import abort, redirect, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.core import clock, printing, scope
from app.core.columns import Date, Money, Text, column
from app.core.columns.base import specs
from app.core.columns.codes import badge
from app.core.forms import BaseForm, extend, form_class, loose
from app.core.views import Computed, Interface, answer, read_form
from app.core.views.pages import download, unless_stale
from app.core.views.shell import chosen_project_id
from app.extensions import db
from app.projects.models import Project
from app.roster.models import ProjectWorker, Team
from app.roster.queries import open_teams, units_of
from app.wages import services
from app.wages.choices import FAILED, HELD, PAID, EntryWay, PayrollState, ReceiptResult
from app.wages.models import Payroll, PayrollLine
from app.wages.queries.payrolls import Totals, lines_in, totals, unsigned, warnings
from app.wages.services.payments import PAYING, lines_to_send
from app.wages.services.payrolls import may_edit
from app.wages.services.places import keeps, whole_project
from app.wages.states import PAYROLL_FLOW
from app.wages.views.base import WageView
from app.wages.views.choosing import ChoosingMixin
from app.wages.views.lines import LinesMixin

HEAD = ["payroll_no", "entry_way", "wage_month", "batch_kind", "batch_no", "unit_id", "team_id",
        "back_pay_month", "account_label", "account_under_review", "sent_on",
        "bank_batch_no", "third_party_no"]  # fmt: skip
PAPERS = ["signed_file", "bank_receipt", "unsigned_reason", "returned_reason", "publicity_on",
          "publicity_img"]  # fmt: skip
EDITED = ["bank_batch_no", "third_party_no", "bank_receipt", "publicity_on",
          "publicity_img"]  # fmt: skip
SHOWN = ("days", "hours", "payable", "tax_social", "deduction", "advance", "paid", "card_no",
         "pay_state", "paid_on", "txn_no", "hold_reason", "fail_reason", "confirm_state",
         "trust_mark")  # fmt: skip
ON_A_PHONE = ("name", "payable", "paid", "pay_state")
ANSWERED = {
    "paid_on": loose("paid_on", column(
        Date(past=True), label=_("Paid on"), required_at=("form",),
    )),
    "txn_no": loose("txn_no", column(
        Text(64), label=_("Transaction no."), required_at=("form",),
        help=_("Of the batch, where the bank gives one number for all"),
    )),
}  # fmt: skip
TONE = {PAID: "green", FAILED: "red", HELD: "amber"}
MOST_LINES = 500


def _teams(given: dict[str, str]) -> Any:
    raw = given.get("unit_id", "")
    number = int(raw) if raw.isdecimal() and len(raw) < 18 else None
    if given.get("any"):
        return select(Team).where(
            Team.project_id == (chosen_project_id() or 0), Team.is_deleted.is_(False)
        )
    return open_teams(chosen_project_id(), number)


class PayrollView(ChoosingMixin, LinesMixin, WageView):
    """工资发放."""

    datamodel = Interface(Payroll)
    route_base = "/payrolls"
    month_column = "wage_month"
    method_permission_name = {
        **dict.fromkeys(("choose", "lines", "remove", "sign"), "write"),
        **dict.fromkeys(("answers", "again", "send"), "submit"), "sheet": "read",
    }  # fmt: skip
    list_title, show_title = _("Payrolls"), _("Payroll")
    edit_title = _("Edit the payroll")
    empty_title = _("No payroll yet")
    empty_text = _("Choose the month and the team, tick the workers, then enter their wages.")
    list_columns = ["payroll_no", "wage_month", "unit_id", "team_id", "heads", "payable", "to_pay",
                    "paid_sum", "paid_last", "batch_kind", "entry_way", "stuck", "state",
                    "confirmed", "objected"]  # fmt: skip
    card_columns = ("payroll_no", "wage_month", "payable", "state")
    name_column = "payroll_no"
    search_columns = ["unit_id", "team_id", "state", "batch_kind", "entry_way"]
    keyword_columns = ("payroll_no", "third_party_no")
    order_columns = ["wage_month"]
    base_order = ("id", "desc")
    primary_filters = 2
    # chosen in step 1 and no more changed; the account's name stands instead of the account
    left_out = ("account_id", "is_back_pay", "unit_id", "team_id", "wage_month", "batch_kind",
                "back_pay_month", "entry_way", "signed_file", "plan_id")  # fmt: skip
    form_sections = [(_("Particulars"), EDITED)]
    show_sections = [(_("Payroll"), HEAD), (_("Papers and reasons"), PAPERS)]
    computed = {
        "heads": Computed(_("Number of people"), lambda r, f: _of(r, f).heads, numeric=True),
        "payable": Computed(
            _("Payable in all (yuan)"), lambda r, f: Money().show(_of(r, f).payable), numeric=True
        ),
        "to_pay": Computed(
            _("To be paid in all (yuan)"), lambda r, f: Money().show(_of(r, f).to_pay),
            numeric=True,
        ),
        "paid_sum": Computed(
            _("Paid (yuan)"), lambda r, f: Money().show(_of(r, f).paid), numeric=True
        ),
        "paid_last": Computed(_("Paid on"), lambda r, f: Date().show(_of(r, f).paid_on)),
        "stuck": Computed(
            _("Failed or held back"), lambda r, f: _warn(_of(r, f).stuck, "amber"), numeric=True
        ),
        "confirmed": Computed(_("Confirmed"), lambda r, f: _share(_of(r, f)), numeric=True),
        "objected": Computed(
            _("Objections"), lambda r, f: _warn(_of(r, f).objected, "red"), numeric=True
        ),
    }  # fmt: skip
    flow = PAYROLL_FLOW
    lookups = {
        "unit_id": lambda _given: units_of(chosen_project_id()), "team_id": _teams,
    }  # fmt: skip
    edit_service = staticmethod(services.edit_payroll)

    def facts(self, rows: Any) -> Any:
        """Sum once a page the lines of its payrolls."""
        return totals(row.id for row in rows)

    def toolbar(self) -> Any:
        """Give 新增, which begins with the choice of the workers."""
        if not self.allowed("write") or self.project_id() is None:
            return []
        return [{"label": gettext("Add a payroll"), "url": url_for(".choose"), "icon": "plus",
                 "primary": True}]  # fmt: skip

    def may_add(self) -> bool:
        """Tell whether a payroll may be added here."""
        return self.allowed("write") and self.project_id() is not None

    def may_edit(self, row: Any) -> bool:
        """Tell whether the payroll is a draft of the user's."""
        return self.allowed("write") and may_edit(row, scope.current())

    def row_actions(self, row: Any) -> Any:
        """Give 查看 and 填写明细."""
        found = [{"label": gettext("View"), "url": url_for(".show", pk=row.id)}]
        if self.may_edit(row):
            found.append({"label": gettext("Enter the lines"), "url": url_for(".lines", pk=row.id)})
        return found

    # --- one payroll ------------------------------------------------------------------------

    def subtitle(self, row: Any) -> str:
        """Name unit, team and month under the number."""
        return " · ".join(str(part) for part in (row.unit, row.team, row.wage_month) if part)

    def head(self, row: Any) -> dict[str, Any]:
        """Add what is odd about the payroll."""
        found = super().head(row)
        if row.state in (PayrollState.DRAFT, PayrollState.WITH_WORKERS, PayrollState.SUBMITTED):
            found["note"] = "；".join(warnings(row))
        return found

    def head_facts(self, row: Any) -> Any:
        """Give people, sums and what is stuck."""
        sums = totals([row.id]).get(row.id, Totals())
        return [
            {"label": gettext("Number of people"), "value": sums.heads},
            {"label": gettext("Payable in all (yuan)"), "value": Money().show(sums.payable)},
            {"label": gettext("To be paid in all (yuan)"), "value": Money().show(sums.to_pay)},
            {"label": gettext("Paid (yuan)"), "value": Money().show(sums.paid)},
            {"label": gettext("Failed or held back"), "value": sums.stuck},
        ]

    def own_tab(self, row: Any) -> dict[str, Any]:
        """Give the payroll and, below, its lines."""
        lines = lines_in(row)
        names = _names(lines)
        return {
            **super().own_tab(row),
            "rows": [self._line(line, names) for line in lines[:MOST_LINES]],
            "count_text": gettext("%(n)s records in all", n=len(lines)),
            "empty": {"title": gettext("No line"),
                      "text": gettext("Remove this draft and choose the workers again.")},
        }  # fmt: skip

    def _line(self, line: PayrollLine, names: dict[int, str]) -> dict[str, Any]:
        declared = specs(PayrollLine)
        cells = [{"name": "name", "label": declared["project_worker_id"].label, "primary": True,
                  "html": names.get(line.project_worker_id), "card": True,
                  "url": url_for("WorkerView.show", pk=line.project_worker_id)}]  # fmt: skip
        for name in SHOWN:
            spec = declared[name]
            html = spec.masked(line)
            if name == "pay_state":
                html = badge(str(html), TONE.get(line.pay_state, "grey"))
            cells.append({"name": name, "label": spec.label, "html": html, "url": None,
                          "numeric": spec.kind.numeric, "card": name in ON_A_PHONE,
                          "primary": False})  # fmt: skip
        return {"id": line.id, "selectable": False, "actions": [], "cells": cells}

    def buttons(self, row: Any) -> Any:
        """Give by state: lines, papers, bank, answers, moves."""
        found = []
        actor, mine = scope.current(), keeps(row.project_id, row.unit_id, scope.current())
        if self.may_edit(row):
            found.append(_button(_("Enter the lines"), url_for(".lines", pk=row.id), "primary"))
        found += super().buttons(row)
        if mine and self.allowed("write"):
            if row.state in (PayrollState.DRAFT, PayrollState.WITH_WORKERS, PayrollState.SUBMITTED):
                found.append(_button(_("Upload the signed sheet"), url_for(".sign", pk=row.id)))
            if self.may_edit(row):
                found.append({
                    **_button(_("Remove the draft"), url_for(".remove", pk=row.id), "danger"),
                    "method": "post", "confirm": gettext("Remove this draft with its lines?"),
                })  # fmt: skip
        found.append(_button(_("Print the signing sheet"), url_for(".sheet", pk=row.id)))
        if mine and self.allowed("submit") and row.state in PAYING:
            found += self._paying(row)
        return found if actor.audience is scope.Audience.TENANT else found[-1:]

    def _paying(self, row: Any) -> Any:
        found, lines = [], lines_in(row)
        if lines_to_send(row):
            found.append({**_button(_("Enter the result"), url_for(".answers", pk=row.id)),
                          "tone": "primary"})  # fmt: skip
        if any(line.pay_state in (FAILED, HELD) for line in lines):
            found.append({
                **_button(_("Pay again to the card of now"), url_for(".again", pk=row.id)),
                "method": "post",
                "confirm": gettext("Failed and held lines are paid again to the workers' cards of"
                                   " now; the earlier cards are kept. Continue?"),
            })  # fmt: skip
        return found

    def move_buttons(self, row: Any) -> Any:
        """Offer only the moves this way of entry has, to whom they belong."""
        first = row.entry_way is EntryWay.REVIEWED_FIRST
        hidden = set()
        if first and row.state is PayrollState.DRAFT:
            hidden = {"submit"}
        elif not first:
            hidden = {"ask_workers"}
        if not whole_project(row.project_id, scope.current()):
            hidden |= {"review", "return", "archive"}
        urls = {url_for(".move", pk=row.id, verb=verb) for verb in hidden}
        found = [one for one in super().move_buttons(row) if one["url"] not in urls]
        if first and row.state is PayrollState.WITH_WORKERS and not row.signed_file:
            for one in found:
                if one["url"].endswith(f"/submit/{row.id}") and unsigned(row):
                    one |= {"method": "get", "confirm": None}
        return found

    def make_move(self, verb: str, row: Any, remark: str, *, actor: scope.Principal) -> None:
        """Ask the workers, submit, review, return, correct or archive."""
        if verb in ("submit", "review"):
            step = {"submit": services.submit_payroll, "review": services.review_payroll}[verb]
            step(row, remark, actor=actor)
        elif verb == "return":
            services.return_payroll(row, remark, actor=actor)
        else:
            {"ask_workers": services.ask_workers, "correct": services.correct_payroll,
             "archive": services.archive_payroll}[verb](row, actor=actor)  # fmt: skip

    def remark_help(self, verb: str) -> str:
        """Say what the words of a submission are for."""
        if verb == "submit":
            return gettext("Why lines are not confirmed by their workers; or upload the signed"
                           " sheet first")  # fmt: skip
        return super().remark_help(verb)

    @expose("/remove/<pk>", methods=["POST"])
    @has_access
    def remove(self, pk: str) -> Response:
        """Remove a draft."""
        row = self.row(pk)
        if not self.may_edit(row):
            abort(404)
        done = answer(_drop, row, success=gettext("The draft is removed"))
        return redirect(url_for(".list") if done else url_for(".show", pk=pk))

    @expose("/sign/<pk>", methods=["GET", "POST"])
    @has_access
    def sign(self, pk: str) -> Any:
        """Show and take the wage sheet the workers have signed."""
        row = self._mine(pk)
        form = read_form(form_class(Payroll, ["signed_file"]), row)
        saving = unless_stale(form, row, services.sign_lines)
        target = url_for(".show", pk=pk)
        done = self.take(form, saving, gettext("The lines are confirmed by signature"), target)
        title = f"{gettext('Upload the signed sheet')} · {row.payroll_no}"
        return done or self.form_page(form, [("", ["signed_file"])], title, target)

    @expose("/answers/<pk>", methods=["GET", "POST"])
    @has_access
    def answers(self, pk: str) -> Any:
        """Show and take the result of a payment: all lines that wait are paid."""
        row = self._mine(pk)
        form = read_form(extend(BaseForm, ANSWERED), row)

        def save(found: Any, values: Any, *, actor: scope.Principal) -> Any:
            told = [
                {"line_id": line.id, "result": ReceiptResult.PAID, **values}
                for line in lines_to_send(found)
            ]
            services.record_answers(found, told, actor=actor)
            return found

        target = url_for(".show", pk=pk)
        done = self.take(
            form, unless_stale(form, row, save), gettext("The result is saved"), target
        )
        title = f"{gettext('Enter the result')} · {row.payroll_no}"
        return done or self.form_page(form, [("", [*ANSWERED])], title, target)

    @expose("/again/<pk>", methods=["POST"])
    @has_access
    def again(self, pk: str) -> Response:
        """Pay failed and held lines again to the cards of now (换卡重发)."""
        row = self._mine(pk)
        lines = [line for line in lines_in(row) if line.pay_state in (FAILED, HELD)]
        answer(services.pay_again, row, lines, success=gettext("The lines wait for the bank again"))
        return redirect(url_for(".show", pk=pk))

    @expose("/sheet/<pk>", methods=["GET"])
    @has_access
    def sheet(self, pk: str) -> Response:
        """Print the signing sheet of a payroll (724 第三十一条)."""
        row = self.row(pk)
        lines = lines_in(row)
        content = printing.pdf(
            "wages/sheet.html", title=gettext("Wage payment sheet"), payroll=row, lines=lines,
            names=_names(lines), numbers=_numbers(lines), sums=totals([row.id]).get(row.id),
            batch=specs(Payroll)["batch_kind"].shown(row), printed_on=clock.today().isoformat(),
            money=Money().show, project=db.session.get(Project, row.project_id),
        )  # fmt: skip
        return download(content, f"{row.payroll_no}.pdf", printing.MIME)

    def _mine(self, pk: str) -> Any:
        row = self.row(pk)
        if not keeps(row.project_id, row.unit_id, scope.current()):
            abort(404)
        return row


def _drop(row: Any, *, actor: scope.Principal) -> None:
    services.drop_payroll(row, actor=actor)


def _of(row: Any, facts: Any) -> Totals:
    return facts.get(row.id) or Totals()


def _warn(number: int, tone: str) -> Any:
    return badge(str(number), tone) if number else 0


def _share(sums: Totals) -> str:
    return f"{sums.confirmed * 100 // sums.heads}%" if sums.heads else "—"


def _names(lines: Any) -> dict[int, str]:
    numbers = [line.project_worker_id for line in lines]
    query = select(ProjectWorker.id, ProjectWorker.name).where(ProjectWorker.id.in_(numbers))
    return {row[0]: row[1] for row in db.session.execute(query)}


def _numbers(lines: Any) -> dict[int, str]:
    """Give the masked document numbers of the workers, for paper."""
    rows = db.session.scalars(
        select(ProjectWorker).where(ProjectWorker.id.in_([one.project_worker_id for one in lines]))
    )
    spec = specs(ProjectWorker)["id_number"]
    return {row.id: str(spec.masked(row)) for row in rows}


def _button(label: Any, url: str, tone: str = "") -> dict[str, Any]:
    return {"label": label, "url": url, "method": "get", "tone": tone}
