"""合同 of a worker: the tab, and the short form that signs or renews (screens.md 8.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from flask import abort, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext

from app.core import clock, scope
from app.core.columns.base import specs
from app.core.columns.codes import badge
from app.core.columns.files import describe_all
from app.core.errors import Refusal
from app.core.forms import BaseForm, form_class
from app.core.notices import Notice
from app.core.views import read_form
from app.core.views.importing import import_button
from app.extensions import db
from app.projects.models import Project
from app.roster import services
from app.roster.choices import StayState
from app.roster.models import Contract, ProjectWorker
from app.roster.queries import papers
from app.roster.services import contracts
from app.roster.views.worker_columns import AGREEMENT

OTHERS = ("contract_no", "contract_term", "contract_signed_on", "contract_from", "contract_to",
          "pay_method", "pay_rate", "contract_files")  # fmt: skip
CARRIED_ON = ("employment_type", "contract_term", "pay_method", "pay_rate", "pay_unit",
              "contract_pay_day")  # fmt: skip


def contract_tab(view: Any) -> Callable[[Any], dict[str, Any]]:
    """Give 合同: the contract in force, those before and after it, and the way to a new one."""

    def content(row: ProjectWorker) -> dict[str, Any]:
        others = papers.contracts_beside([row.id])[row.id]
        describe_all(*others)
        pairs = [(view.spec(name).label, view.value(row, name)) for name in AGREEMENT
                 if view.has_place(row, name) or name != "pay_unit"]  # fmt: skip
        if days := contracts.late_days(row, others):
            pairs.append((gettext("Signed late"), gettext("%(n)s days after the first punch",
                                                          n=days)))  # fmt: skip
        return {
            "sections": [(_title(row), pairs)], "rows": _rows(others), "columns": _heads(),
            "toolbar": _buttons(view, row), "empty": _nothing(row),
        }  # fmt: skip

    return content


def _title(row: ProjectWorker) -> str:
    return gettext("Contract to begin") if _to_begin(row) else gettext("Present contract")


def _to_begin(row: Any) -> bool:
    return contracts.begins(row) > clock.today()


def _heads() -> list[dict[str, Any]]:
    held = specs(Contract)
    names = [(name, held[name].label, held[name].kind.numeric) for name in OTHERS]
    return [
        {"name": name, "label": label, "numeric": numeric}
        for name, label, numeric in [*names, ("state", gettext("State"), False)]
    ]


def _rows(others: list[Contract]) -> list[dict[str, Any]]:
    held, found = specs(Contract), []
    for one in others:
        values = [held[name].shown(one) for name in OTHERS]
        cells = [
            {**head, "html": value, "primary": head["name"] == "contract_no",
             "card": head["name"] in ("contract_no", "contract_from", "contract_to", "state")}
            for head, value in zip(_heads(), [*values, _state(one)], strict=True)
        ]  # fmt: skip
        found.append({"id": one.id, "actions": [], "selectable": False, "cells": cells})
    return found


def _state(one: Contract) -> Any:
    if _to_begin(one):
        return badge(gettext("To begin"), "blue")
    return badge(gettext("Former contract"), "grey")


def _buttons(view: Any, row: ProjectWorker) -> list[dict[str, Any]]:
    if not view.may_edit(row):
        return []
    return [{"label": _verb(row), "url": url_for(".sign", pk=row.id), "icon": "plus",
             "primary": True}, *import_button("T6")]  # fmt: skip


def _verb(row: ProjectWorker) -> str:
    return gettext("Renew the contract") if row.has_contract else gettext("Sign a contract")


def _nothing(row: ProjectWorker) -> dict[str, Any]:
    if not row.has_contract:
        return {
            "title": gettext("No contract yet"),
            "text": gettext("Sign the labour contract or the written work agreement before the"
                            " worker's first punch."),
        }  # fmt: skip
    return {
        "title": gettext("No other contract"),
        "text": gettext("After a renewal the former contract is kept here."),
    }


class ContractForm(BaseForm):
    """The short form of a contract; one save tells everything that is wrong with it."""

    stay: ProjectWorker
    site: Project

    def further(self, values: Mapping[str, Any]) -> Iterable[Refusal]:
        """Tell what the service refuses together with the errors of single fields."""
        return contracts.misfits(self.stay, self.site, values, actor=scope.current())


class ContractMixin:
    """签订合同, 续签合同: mixed into the view of workers."""

    row: Callable[[Any], Any]
    may_edit: Callable[[Any], bool]
    take: Callable[..., Any]
    form_page: Callable[..., str]

    @expose("/sign/<pk>", methods=["GET", "POST"])
    @has_access
    def sign(self, pk: str) -> Any:
        """Show and take the short form of a contract."""
        row = self.row(pk)
        if row.state is StayState.EXITED or not self.may_edit(row):
            abort(409)
        form = _form(row)

        def save(values: Mapping[str, Any], *, actor: scope.Principal) -> Any:
            rows = [{**values, "worker": row}]
            made = services.sign_contracts(form.site, rows, actor=actor)[0]
            begin, present = values.get("contract_from"), contracts.begins(row)
            if begin and begin < present:
                words = gettext(
                    "It begins before the contract in force of %(day)s: it is kept below as a"
                    " former contract, and the one in force stays", day=present.isoformat(),
                )  # fmt: skip
                made.notices.append(Notice(words, "contract_from"))
            return made

        target = url_for(".show", pk=pk, tab="contract")
        done = self.take(form, save, gettext("The contract is on record"), target)
        if done is not None:
            return done
        names = [name for name in specs(Contract) if name in form]
        return self.form_page(form, [("", names)], f"{_verb(row)} · {row.name}", target)


def _form(row: ProjectWorker) -> ContractForm:
    form: Any = read_form(
        form_class(Contract, contracts.COLUMNS, base=ContractForm), **_defaults(row)
    )
    form.stay, form.site = row, db.session.get_one(Project, row.project_id)
    return form


def _defaults(row: ProjectWorker) -> dict[str, Any]:
    found = {name: getattr(row, name) for name in CARRIED_ON}
    if not row.has_contract:
        return {**found, "contract_from": row.entry_on, "contract_signed_on": clock.today()}
    end: date | None = row.contract_to
    begin = end + timedelta(days=1) if end else None
    return {**found, "contract_from": begin, "contract_signed_on": clock.today()}
