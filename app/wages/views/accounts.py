"""工资专用账户: list, form, page, review, balance and closing of the accounts (screens.md 10.7)."""

from __future__ import annotations  # the route ``list`` hides the builtin in the class body

from datetime import timedelta
from typing import Any

from flask import abort, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.core import clock, scope
from app.core.columns import Money, column
from app.core.columns.codes import badge
from app.core.columns.times import Instant
from app.core.forms import BaseForm, extend, form_class, loose
from app.core.views import Computed, Interface, read_form
from app.core.views.pages import unless_stale
from app.core.views.queues import QueueMixin
from app.extensions import db
from app.projects.choices import GENERAL_CONTRACTOR
from app.projects.models import Project
from app.projects.queries import unit_of_role
from app.wages import queries, services
from app.wages.choices import AccountState
from app.wages.models import NAME_ENDS, WageAccount
from app.wages.services.accounts import may_keep
from app.wages.states import ACCOUNT_FLOW
from app.wages.views.base import WageView, wage_units

ACCOUNT = ["unit_id", "account_name", "bank_code", "bank_branch", "account_no", "sub_ledger_no",
           "bank_union_no", "opened_on"]  # fmt: skip
FILING = ["filed_on", "filed_file", "tripartite_file"]
CONTACT = ["contact_name", "contact_mobile", "low_balance"]
CLOSING = ["close_asked_on", "notice_from", "closed_file", "closed_on"]
FILED_WITHIN = timedelta(days=30)  # 人社部发〔2021〕53号 第六条
TOLD = {
    "balance": loose("balance", column(Money, label=_("Balance (yuan)"), required_at=("form",))),
    "balance_on": loose("balance_on", column(
        Instant(past=True), label=_("Balance at"), required_at=("form",),
    )),
}  # fmt: skip


class AccountView(WageView):
    """工资专用账户."""

    datamodel = Interface(WageAccount)
    route_base = "/wage-accounts"
    method_permission_name = {"balance": "write", "closing": "write"}
    list_title, show_title = _("Special wage accounts"), _("Special wage account")
    add_title, edit_title = _("Register a special account"), _("Edit the special account")
    add_label = _("Register a special account")
    empty_title = _("No special account yet")
    empty_text = _("Register the account wages are paid out of; it works while it is under review.")
    list_columns = ["account_name", "unit_id", "bank_code", "account_no", "state", "balance",
                    "balance_on", "moved_in", "paid_out", "marks"]  # fmt: skip
    card_columns = ("account_name", "state", "balance", "marks")
    name_column = "account_name"
    search_columns = ["unit_id", "state", "bank_code"]
    keyword_columns = ("account_name",)
    order_columns = ["opened_on", "balance"]
    base_order = ("id", "desc")
    form_sections = [(_("Account particulars"), ACCOUNT), (_("Filing and agreement"), FILING),
                     (_("Contact and mark"), CONTACT)]  # fmt: skip
    show_sections = [
        (_("Account particulars"), [*ACCOUNT, "balance", "balance_on"]),
        (_("Filing and agreement"), FILING), (_("Contact and mark"), CONTACT),
        (_("Closing"), CLOSING),
    ]  # fmt: skip
    computed = {
        "moved_in": Computed(
            _("Received in all (yuan)"), lambda row, facts: Money().show(facts[row.id][0]),
            numeric=True,
        ),
        "paid_out": Computed(
            _("Paid in all (yuan)"), lambda row, facts: Money().show(facts[row.id][1]),
            numeric=True,
        ),
        "marks": Computed(_("Marks"), lambda row, _facts: marks(row)),
    }  # fmt: skip
    flow = ACCOUNT_FLOW
    lookups = {"unit_id": wage_units}
    add_service = staticmethod(services.register_account)
    edit_service = staticmethod(services.edit_account)
    added_words = _("The account is registered and works at once; the district reviews it")

    def facts(self, rows: Any) -> Any:
        """Sum once a page what came in and went out."""
        return queries.moved_on(row.id for row in rows)

    def starting(self, project: Project) -> dict[str, Any]:
        """Propose the general contractor's account with the name the rules ask for."""
        unit = unit_of_role(project, GENERAL_CONTRACTOR)
        if unit is None or unit.id not in {u.id for u in _mine()}:
            mine = _mine()
            unit = mine[0] if len(mine) == 1 else None
        if unit is None:
            return {}
        return {"unit_id": unit.id, "account_name": f"{unit.name}{project.name}{NAME_ENDS}"}

    def may_edit(self, row: Any) -> bool:
        """Tell whether the account is open and the user's to change."""
        return super().may_edit(row) and may_keep(row, scope.current())

    def head_facts(self, row: Any) -> Any:
        """Give balance, sums and marks."""
        came, went = queries.moved_on([row.id])[row.id]
        return [
            {"label": gettext("Balance (yuan)"), "value": Money().show(row.balance)},
            {"label": gettext("Received in all (yuan)"), "value": Money().show(came)},
            {"label": gettext("Paid in all (yuan)"), "value": Money().show(went)},
        ]

    def head(self, row: Any) -> dict[str, Any]:
        """Add the marks of the account below the figures."""
        return {**super().head(row), "note": marks(row)}

    def row_actions(self, row: Any) -> Any:
        """Give 查看, 编辑 and 登记余额."""
        found = [{"label": gettext("View"), "url": url_for(".show", pk=row.id)}]
        if self.may_edit(row):
            found.append({"label": gettext("Edit"), "url": url_for(".edit", pk=row.id)})
            found.append({"label": gettext("Balance"), "url": url_for(".balance", pk=row.id)})
        return found

    def buttons(self, row: Any) -> Any:
        """Give 登记余额 and 申请销户 beside the others."""
        found = super().buttons(row)
        if self.may_edit(row):
            found.append({"label": gettext("Enter the balance"), "method": "get", "tone": "",
                          "url": url_for(".balance", pk=row.id)})  # fmt: skip
            if row.state is not AccountState.SUBMITTED:
                found.append({"label": gettext("Ask for the closing"), "method": "get", "tone": "",
                              "url": url_for(".closing", pk=row.id)})  # fmt: skip
        return found

    def make_move(self, verb: str, row: Any, remark: str, *, actor: scope.Principal) -> None:
        """Review, freeze, unfreeze or close."""
        services.decide_account(row, verb, remark, actor=actor)

    @expose("/balance/<pk>", methods=["GET", "POST"])
    @has_access
    def balance(self, pk: str) -> Any:
        """Show and take the balance of a statement."""
        row = self._own(pk)

        def save(found: Any, values: Any, *, actor: scope.Principal) -> Any:
            return services.tell_balance(
                found, values["balance"], values["balance_on"], actor=actor
            )

        form = read_form(extend(BaseForm, TOLD), row)
        done = self.take(form, unless_stale(form, row, save), gettext("Saved"), self._page(pk))
        title = f"{gettext('Enter the balance')} · {row.account_name}"
        return done or self.form_page(form, [("", [*TOLD])], title, self._page(pk))

    @expose("/closing/<pk>", methods=["GET", "POST"])
    @has_access
    def closing(self, pk: str) -> Any:
        """Show and take the request to close an account (销户申请)."""
        row, names = self._own(pk), ["notice_from", "closed_file"]
        form = read_form(form_class(WageAccount, names), row)
        words = gettext("The closing is asked for; the district decides after the notice")
        saving = unless_stale(form, row, services.ask_closing)
        done = self.take(form, saving, words, self._page(pk))
        title = f"{gettext('Ask for the closing')} · {row.account_name}"
        return done or self.form_page(form, [("", names)], title, self._page(pk))

    def _own(self, pk: str) -> Any:
        row = self.row(pk)
        if not self.may_edit(row):
            abort(404)
        return row

    def _page(self, pk: str) -> str:
        return url_for(".show", pk=pk)


class AccountReviewView(QueueMixin, AccountView):
    """工资专户 waiting for the review of the district."""

    audience = scope.Audience.GOVERNMENT
    route_base = "/wage-account-reviews"
    list_title = _("Special accounts to review")
    list_template = "appbuilder/general/model/list.html"
    empty_title, empty_text = _("Nothing waits"), _("New accounts of contractors stand here.")
    waiting_state = AccountState.SUBMITTED
    exclude_route_methods = {"download", "delete", "action", "action_post", "balance", "closing"}
    add_service = None
    edit_service = None

    def project_id(self) -> int | None:
        """Give no project: the queue is the whole district's."""
        return None


def _mine() -> Any:
    return db.session.scalars(wage_units({}).limit(50)).all()


def marks(row: WageAccount) -> Any:
    """Give 账户审核中, 余额偏低, 未备案 and 销户申请中 of an account."""
    found = []
    if row.state is AccountState.SUBMITTED:
        found.append(badge(gettext("Account under review"), "amber"))
    if row.low_balance is not None and row.balance is not None and row.balance < row.low_balance:
        found.append(badge(gettext("Low balance"), "red"))
    if row.filed_on is None and row.opened_on + FILED_WITHIN < clock.today():
        found.append(badge(gettext("Not filed within 30 days"), "amber"))
    if row.close_asked_on and row.state is not AccountState.CLOSED:
        found.append(badge(gettext("Closing asked for"), "amber"))
    return type(badge("", ""))(" ").join(found) if found else ""
