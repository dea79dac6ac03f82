"""企业信息: the enterprise's own page, its changes and its requests (screens.md 3)."""

from typing import Any

from flask import abort, current_app, flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.core import generated, scope
from app.core.columns import specs
from app.core.views import BasePage, answer, read_form
from app.core.views.asked import integer
from app.core.views.details import timeline
from app.core.views.pages import submit, unless_stale
from app.enterprises import forms, queries, services
from app.enterprises.choices import ChangeState, EnterpriseState
from app.enterprises.forms import CHANGE_SECTIONS
from app.enterprises.models import Enterprise, EnterpriseChange
from app.enterprises.services.values import qualifications_of
from app.enterprises.views.parts import (
    BASICS,
    LICENCES,
    PROFILE_LEFT_OUT,
    change_rows,
    project_rows,
    with_unit,
)
from app.enterprises.views.shown import change_items, qualification_sections
from app.extensions import db
from app.permissions import Area


class InformationPage(BasePage):
    """企业信息 of the signed-in enterprise; no address names another one."""

    route_base = "/enterprise"
    default_view = "index"
    class_permission_name = Area.ENTERPRISES
    audience = scope.Audience.TENANT
    method_permission_name = {
        "index": "read",
        "change": "write",
        "request_page": "read",
        "withdraw": "withdraw",
    }
    title = _("Enterprise information")

    @expose("/", methods=["GET"])
    @has_access
    def index(self) -> Any:
        """Show the tabs: basics, licences, projects, sub-accounts, changes."""
        row = _own()
        wanted = request.args.get("tab", "")
        content = {
            "licences": lambda: {"sections": _licences(row)},
            "projects": lambda: project_rows(row.id),
            "changes": lambda: change_rows(row.id, "InformationPage.request_page"),
        }.get(wanted, lambda: {"sections": _basics(row)})()
        pending = _pending(row)
        return self.page(
            "enterprises/information.html", head=self._head(row, pending),
            tabs=_tabs(wanted), pending=change_items(pending) if pending else [],
            pending_row=pending, may_withdraw=_may("withdraw"), **content,
        )  # fmt: skip

    def _head(self, row: Enterprise, pending: Any) -> dict[str, Any]:
        buttons = []
        if _may("write") and row.state is EnterpriseState.APPROVED:
            again = next((change.id for change in _returned(row.id)), None)
            buttons.append({"label": gettext("Edit"), "tone": "primary",
                            "url": url_for(".change", again=again)})  # fmt: skip
        return {
            "title": row.name, "subtitle": f"{row.enterprise_type.label} · {row.credit_code}",
            "state_badge": {"label": row.state.label, "tone": row.state.tone},
            "numbers": [], "buttons": buttons,
            "note": gettext("A change is waiting for review; the present values stay in force "
                            "until it is approved") if pending else None,
        }  # fmt: skip

    @expose("/change", methods=["GET", "POST"])
    @has_access
    def change(self) -> Any:
        """编辑: direct fields are in force at once, reviewed ones wait."""
        row = _own()
        if row.state is not EnterpriseState.APPROVED:
            abort(409)
        returned = _asked_again()
        form = _change_form(row, returned)
        if request.method == "POST":
            made = submit(form, unless_stale(form, row, _request))
            if made is not None:
                flash(_words(made), "success")
                return redirect(url_for(".index", tab="changes"))
        drawn = [(t, [form[n] for n in names if n in form], True) for t, names in CHANGE_SECTIONS]
        return self.page(
            "enterprises/form.html", title=gettext("Edit enterprise information"), form=form,
            sections=drawn, form_errors=form.form_errors, kind=row.enterprise_type,
            cancel_url=url_for(".index"), submit_label=gettext("Submit"), steps=None,
            waits=_pending(row),
            locked=[
                (specs(Enterprise)[n].label, specs(Enterprise)[n].shown(row))
                for n in services.LOCKED
            ], **_review(returned),
        )  # fmt: skip

    @expose("/request/<int:pk>", methods=["GET"])
    @has_access
    def request_page(self, pk: int) -> Any:
        """Show one request with old and new side by side."""
        change = _own_change(pk)
        pairs = [
            (specs(EnterpriseChange)[name].label, specs(EnterpriseChange)[name].shown(change))
            for name in ("change_no", "reason", "proof", "opinion")
        ]
        buttons = []
        if _may("write") and change.id in {one.id for one in _returned(change.enterprise_id)}:
            buttons.append({"label": gettext("Correct and submit again"), "tone": "primary",
                            "url": url_for(".change", again=pk)})  # fmt: skip
        if change.state is ChangeState.SUBMITTED and _may("withdraw"):
            buttons.append({
                "label": gettext("Withdraw"), "url": url_for(".withdraw", pk=pk), "method": "post",
                "confirm": gettext("The request is taken back and nothing changes."),
            })  # fmt: skip
        head = {
            "title": change.change_no,
            "subtitle": "",
            "numbers": [],
            "buttons": buttons,
            "state_badge": {"label": change.state.label, "tone": change.state.tone},
        }
        return self.page(
            "appbuilder/general/model/show.html", title=gettext("Enterprise change"), head=head,
            sections=[(gettext("Request"), pairs)], changes=change_items(change),
            timeline=timeline(change),
        )  # fmt: skip

    @expose("/request/<int:pk>/withdraw", methods=["POST"])
    @has_access
    @permission_name("withdraw")
    def withdraw(self, pk: int) -> Response:
        """撤回 a request that waits."""
        answer(
            services.withdraw_change, _own_change(pk), success=gettext("The request is withdrawn")
        )
        return redirect(url_for(".request_page", pk=pk))


def _own() -> Enterprise:
    actor = scope.current()
    if actor.audience is not scope.Audience.TENANT or not actor.enterprises:
        abort(403)
    row = db.session.get(Enterprise, actor.enterprises[0])
    if row is None:
        abort(404)
    return row


def _own_change(pk: int) -> EnterpriseChange:
    own = _own()
    change = db.session.get(EnterpriseChange, pk)
    if change is None or change.enterprise_id != own.id or change.is_deleted:
        abort(404)
    return change


def _returned(enterprise_id: int) -> list[EnterpriseChange]:
    return queries.returned_changes(enterprise_id)


def _asked_again() -> EnterpriseChange | None:
    """Give the returned request a form starts from; 404 for any other."""
    raw = request.args.get("again", "")
    if not raw:
        return None
    change = _own_change(integer(raw, 0))
    if change.state is not ChangeState.RETURNED:
        abort(404)
    return change


def _change_form(row: Enterprise, returned: EnterpriseChange | None) -> forms.ChangeForm:
    """Give the form of a change: of what is in force, or of what a returned request asked for."""
    wanted: Any = forms.asked_again(row, returned) if returned else row
    asked = forms.asked_rows(returned) if returned else None
    rows = forms.rows_of(qualifications_of(row.id)) if asked is None else asked
    given = {"reason": returned.reason, "proof": returned.proof} if returned else {}
    form: Any = read_form(forms.change_form(), wanted, qualifications=rows, **given)
    return form.suit(row.enterprise_type).hide_secrets(wanted)


def _review(returned: EnterpriseChange | None) -> dict[str, Any]:
    """Give what the reviewer said of a returned request, above the form that takes it up."""
    if returned is None:
        return {"correcting": False}
    fields = "、".join(queries.field_label(name) for name in returned.changed_fields)
    return {
        "correcting": True, "opinion": returned.opinion, "marks": [],
        "sentence": gettext(
            "The form holds what request %(number)s asked for (%(fields)s). Correct it as the"
            " reviewer says and submit it again.", number=returned.change_no, fields=fields,
        ),
        "fresh_url": url_for(".change"),
    }  # fmt: skip


def _pending(row: Enterprise) -> EnterpriseChange | None:
    return db.session.scalars(
        select(EnterpriseChange).where(
            EnterpriseChange.enterprise_id == row.id,
            EnterpriseChange.state == ChangeState.SUBMITTED,
            EnterpriseChange.is_deleted.is_(False),
        )
    ).first()


def _may(permission: str) -> bool:
    return scope.current().can(permission, Area.ENTERPRISES)


def _request(row: Enterprise, values: dict[str, Any], *, actor: scope.Principal) -> Any:
    given = dict(values)
    reason, proof = given.pop("reason", None) or "", given.pop("proof", None)
    return services.request_change(row.id, given, reason=reason, proof=proof, actor=actor)


def _words(made: list[EnterpriseChange]) -> str:
    if any(change.state is ChangeState.SUBMITTED for change in made):
        return gettext("Submitted: reviewed fields keep their values until they are approved")
    return gettext("Saved: the new values are in force")


def _basics(row: Enterprise) -> list[tuple[Any, list[tuple[Any, Any]]]]:
    declared = specs(Enterprise)
    placed = {*generated.named(BASICS), *PROFILE_LEFT_OUT, "username"}
    sections = generated.completed(BASICS, Enterprise, generated.readable, placed)
    return [
        (title, [(declared[n].label, declared[n].masked(row) if declared[n].kind.sensitive
                  else with_unit(declared[n], row, declared[n].shown(row))) for n in names])
        for title, names in sections
    ] + [(gettext("Account"), [(declared["username"].label, row.username)])]  # fmt: skip


def _licences(row: Enterprise) -> list[tuple[Any, list[tuple[Any, Any]]]]:
    declared = specs(Enterprise)
    safety = [(declared[name].label, declared[name].shown(row)) for name in LICENCES]
    return [*qualification_sections(row.id), (gettext("Work safety licence"), safety)]


def _tabs(wanted: str) -> list[dict[str, Any]]:
    """Give the tabs in the order of section 3."""
    found = [_tab("", gettext("Basics"), wanted),
             _tab("licences", gettext("Qualifications and licences"), wanted)]  # fmt: skip
    if "SubAccountView.list" in current_app.view_functions:
        found.append({"label": gettext("Sub-accounts"), "url": url_for("SubAccountView.list"),
                      "active": False})  # fmt: skip
    return [*found, _tab("projects", gettext("Projects taking part in"), wanted),
            _tab("changes", gettext("Change records"), wanted)]  # fmt: skip


def _tab(name: str, label: str, wanted: str) -> dict[str, Any]:
    return {"label": label, "url": url_for("InformationPage.index", tab=name or None),
            "active": name == wanted}  # fmt: skip
