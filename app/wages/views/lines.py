"""填写明细: the lines of a draft, typed over fifty at a time (screens.md 10.6, step 2)."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.core import checks, guard, scope
from app.core.columns import Code, Money
from app.core.columns.base import specs
from app.core.columns.codes import ChoiceOf
from app.core.errors import Refusal, Refusals
from app.core.views.asked import integer
from app.extensions import db
from app.wages import services
from app.wages.choices import FAILED, HELD, PAID, EntryWay
from app.wages.models import PayrollLine
from app.wages.queries.payrolls import lines_in, totals

PAGE = 50
ALWAYS = ("days", "hours", "payable", "overtime_pay", "allowance", "tax_social", "deduction",
          "deduction_kind", "deduction_note", "advance", "pay_channel", "days_reason")  # fmt: skip
PIECE = ("quantity",)
MADE = ("pay_state", "paid_on", "txn_no", "fail_reason", "hold_reason")
NARROW = ("days", "hours", "quantity")
FILLED = ("pay_state", "paid_on", "txn_no")
STATES = (PAID, FAILED, HELD)


class LinesMixin:
    """The route of step 2; mixed into the view of payrolls."""

    row: Any
    may_edit: Any
    render_template: Any

    @expose("/lines/<pk>", methods=["GET", "POST"])
    @has_access
    def lines(self, pk: str) -> Any:
        """Show and take a page of lines; what does not fit is told beside its place."""
        payroll = self.row(pk)
        if not self.may_edit(payroll):
            abort(404)
        every = lines_in(payroll)
        number = min(max(integer(request.values.get("page"), 1), 1), -(-len(every) // PAGE) or 1)
        page = every[(number - 1) * PAGE : number * PAGE]
        columns = columns_of(payroll, page)
        typed: dict[str, str] = {}
        problems: list[dict[str, Any]] = []
        if request.method == "POST":
            typed = {name: value for name, value in request.form.items() if name.startswith("l")}
            problems = _save(payroll, page, columns, _filled(payroll, page, typed))
            if not problems:
                flash(gettext("Saved"), "success")
                return redirect(_next(pk, number, len(every)))
        wrong = {one["name"] for one in problems}
        rows = [_drawn(line, columns, typed, wrong) for line in page]
        return self._lines_page(
            payroll, columns, rows=rows, problems=problems, page=number, total=len(every)
        )

    def _lines_page(self, payroll: Any, columns: list[str], **more: Any) -> Any:
        declared, total = specs(PayrollLine), more["total"]
        sums = totals([payroll.id])[payroll.id] if total else None
        return self.render_template(
            "wages/lines.html", title=gettext("Enter the lines"), payroll=payroll,
            heads=[declared[name].label for name in columns],
            pages=-(-total // PAGE) or 1,
            sums=[(_("Payable in all (yuan)"), Money().show(sums.payable)),
                  (_("To be paid in all (yuan)"), Money().show(sums.to_pay))] if sums else [],
            made=payroll.entry_way is EntryWay.PAID_ALREADY, states=_options(declared["pay_state"]),
            fill_labels={name: declared[name].label for name in FILLED}, fill=request.form,
            cancel_url=url_for(".show", pk=payroll.id), **more,
        )  # fmt: skip


def columns_of(payroll: Any, lines: list[Any]) -> list[str]:
    """Give the columns of the grid: quantity for piece work, the payment where it was made."""
    piece = any(line.pay_method == "piece" for line in lines)
    found = [*ALWAYS[:2], *(PIECE if piece else ()), *ALWAYS[2:]]
    return [*found, *(MADE if payroll.entry_way is EntryWay.PAID_ALREADY else ())]


def _filled(payroll: Any, lines: list[Any], typed: dict[str, str]) -> dict[str, str]:
    """Give what was typed, with what one entry says of every line that says nothing."""
    if payroll.entry_way is not EntryWay.PAID_ALREADY:
        return typed
    for name in FILLED:
        said = request.form.get(f"all-{name}", "").strip()
        for line in lines:
            key = f"l{line.id}-{name}"
            if said and not (typed.get(key, "").strip() and typed[key] not in ("", "0")):
                typed[key] = said
    return typed


def _save(
    payroll: Any, lines: list[Any], columns: list[str], typed: dict[str, str]
) -> list[dict[str, Any]]:
    """Clean and write a page of lines; give what is wrong, by control."""
    declared, changes, problems = specs(PayrollLine), {}, []
    names = {f"l{line.id}": str(line.account_name) for line in lines}
    for line in lines:
        values: dict[str, Any] = {}
        for name in columns:
            key = f"l{line.id}-{name}"
            if key not in typed:
                continue
            try:
                values[name] = declared[name].kind.read(typed[key])
            except checks.Invalid as problem:
                problems.append(_problem(names, key, str(problem)))
        changes[line.id] = values
    if problems:
        return problems
    try:
        with guard.sentences():
            services.edit_lines(payroll, changes, actor=scope.current())
            db.session.commit()
    except Refusals as several:
        return [_problem(names, one.field, str(one)) for one in several.problems]
    except Refusal as one:
        return [_problem(names, one.field, str(one))]
    return []


def _problem(names: dict[str, str], key: str, text: str) -> dict[str, Any]:
    line, _dash, name = key.partition("-")
    declared = specs(PayrollLine)
    label = str(declared[name].label) if name in declared else ""
    who = names.get(line, "")
    text = text.removeprefix(f"{who}：")
    return {"name": key, "label": f"{who} · {label}" if label else who, "text": text}


def _drawn(line: Any, columns: list[str], typed: dict[str, str], wrong: set[str]) -> dict[str, Any]:
    declared = specs(PayrollLine)
    return {
        "name": line.account_name, "paid": Money().show(line.paid),
        "method": declared["pay_method"].shown(line), "rate": Money().show(line.rate),
        "cells": [
            {
                "name": f"l{line.id}-{name}", "label": declared[name].label,
                "value": _value(line, name, typed),
                "options": _options(declared[name]), "wrong": f"l{line.id}-{name}" in wrong,
                "kind": "date" if name == "paid_on" else "text",
                "narrow": name in NARROW, "numeric": declared[name].kind.numeric,
            }
            for name in columns
        ],
    }  # fmt: skip


def _value(line: Any, name: str, typed: dict[str, str]) -> Any:
    return typed.get(f"l{line.id}-{name}", specs(PayrollLine)[name].kind.text(getattr(line, name)))


def _options(spec: Any) -> list[tuple[str, str]]:
    if not isinstance(spec.kind, (ChoiceOf, Code)):
        return []
    found = spec.kind.choices()
    if spec.name == "pay_state":
        found = [pair for pair in found if pair[0] in STATES]
    return [*([] if spec.name == "pay_channel" else [("", "—")]), *found]


def _next(pk: str, number: int, total: int) -> str:
    if number * PAGE < total:
        return url_for(".lines", pk=pk, page=number + 1)
    return url_for(".show", pk=pk)
