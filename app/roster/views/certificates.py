"""证书: those of the project on one list, each with its form and its check (screens.md 8.2)."""

from __future__ import annotations  # the route ``list`` hides the builtin in the class body

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import abort, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup
from sqlalchemy import and_, select
from werkzeug.wrappers import Response

from app.core import clock, scope
from app.core.columns import ChoiceOf, Text, column
from app.core.columns.base import ColumnSpec
from app.core.errors import Closed
from app.core.forms import BaseForm, extend, loose
from app.core.views import Computed, Interface, answer, read_form
from app.core.views.asked import integer
from app.core.views.importing import import_button
from app.core.views.pages import unless_stale
from app.extensions import db
from app.permissions import Area
from app.projects.models import Project
from app.roster import services
from app.roster.choices import SPECIAL_CERTIFICATE, CertCheck, StayState
from app.roster.models import Certificate, ProjectWorker
from app.roster.queries import LIVE
from app.roster.views.base import SITE, RosterView
from app.roster.views.certificate_cells import SOON_DAYS, checked, validity

NAMED = ["kind", "special_type", "name", "number", "issuer", "issued_on", "valid_to", "file"]
VERDICT: dict[str, ColumnSpec] = {
    "verify_state": loose("verify_state", column(
        ChoiceOf(CertCheck), label=_("Certificate check"), required_at=("form",),
    )),
    "verify_remark": loose("verify_remark", column(
        Text(200), label=_("Basis of the check"),
        help=_("Where it was looked up, such as the issuer's website"),
    )),
}  # fmt: skip


class CertificateView(RosterView):
    """证书 of the workers who have not left."""

    datamodel = Interface(Certificate)
    route_base = "/certificates"
    class_permission_name = Area.ROSTER
    method_permission_name = {"record": "write", "remove": "write", "verify": "verify"}
    list_title, show_title = _("Certificates"), _("Certificate")
    edit_title, record_title = _("Edit the certificate"), _("Add a certificate")
    empty_title = _("No certificate yet")
    empty_text = _("They are added on a worker's page, under its tab, or by sheet T12.")
    list_columns = ["worker_id", "project", "kind", "special_type", "number", "valid_to",
                    "validity", "checked"]  # fmt: skip
    card_columns = ("worker_id", "kind", "valid_to", "checked")
    name_column = "worker_id"
    search_columns = ["kind", "special_type", "verify_state", "valid_to"]
    keyword_columns = ("number", "name")
    order_columns = ["valid_to"]
    base_order = ("valid_to", "asc")
    form_sections = [(_("Certificate"), NAMED)]
    show_sections = [
        (_("Certificate"), ["worker_id", *NAMED]),
        (_("Check"), ["verify_state", "verify_remark", "verified_at"]),
    ]
    left_out = ("worker_id",)
    computed = {
        "project": SITE,
        "validity": Computed(_("Validity"), lambda row, _facts: validity(row)),
        "checked": Computed(_("Certificate check"), lambda row, _facts: checked(row)),
    }
    edit_service = staticmethod(services.edit_certificate)

    def toolbar(self) -> list[dict[str, Any]]:
        """Give 批量导入: a single one is added on its worker's page."""
        may = self.allowed("write") and self.project_id() is not None
        return import_button("T12") if may else []

    def within(self, query: Any) -> Any:
        """List the certificates of those who have not left."""
        live = select(ProjectWorker.id).where(ProjectWorker.state.in_(LIVE))
        return super().within(query).where(Certificate.worker_id.in_(live))

    def extra_filters(self) -> Any:
        """Give 有效期: expired, or running out within 90 days (CERT-001 b)."""
        return [
            {"name": "validity", "label": gettext("Validity"), "kind": "select",
             "choices": [("expired", gettext("Expired")),
                         ("soon", gettext("Runs out within 90 days"))],
             "where": _validity},
        ]  # fmt: skip

    def may_edit(self, row: Any) -> bool:
        """Tell whether this certificate may be changed."""
        return super().may_edit(row) and row.worker.state is not StayState.EXITED

    def subtitle(self, row: Any) -> Any:
        """Name the worker under the number, with the way to him."""
        return Markup('<a href="{}">{}</a>').format(_home(row.worker_id), row.worker.name)

    def buttons(self, row: Any) -> Any:
        """Give 编辑, 核验 and 删除."""
        found = super().buttons(row)
        if not self.may_edit(row):
            return found
        if self.allowed("verify"):
            found.append({"label": gettext("Check"), "url": url_for(".verify", pk=row.id),
                          "method": "get", "tone": "primary"})  # fmt: skip
        found.append({
            "label": gettext("Remove"), "url": url_for(".remove", pk=row.id), "method": "post",
            "tone": "danger", "confirm": gettext("Remove this certificate?"),
        })  # fmt: skip
        return found

    def row_actions(self, row: Any) -> Any:
        """Give 查看, 编辑 and 核验."""
        found = [{"label": gettext("View"), "url": url_for(".show", pk=row.id)}]
        if self.may_edit(row):
            found.append({"label": gettext("Edit"), "url": url_for(".edit", pk=row.id)})
            if self.allowed("verify"):
                found.append({"label": gettext("Check"), "url": url_for(".verify", pk=row.id)})
        return found

    @expose("/record/<pk>", methods=["GET", "POST"])
    @has_access
    def record(self, pk: str) -> Any:
        """Show and take the form of a new certificate of a worker."""
        worker = db.session.scalars(
            select(ProjectWorker).where(
                ProjectWorker.id == integer(pk, -1), ProjectWorker.is_deleted.is_(False)
            )
        ).one_or_none()
        if worker is None:
            abort(404)
        if worker.state is StayState.EXITED or not services.keeps(worker, scope.current()):
            abort(409)
        kind = SPECIAL_CERTIFICATE if request.args.get("special") else None
        form = read_form(self._class_of(self.form_sections, BaseForm), kind=kind)

        def save(values: Mapping[str, Any], *, actor: scope.Principal) -> Any:
            project = db.session.get_one(Project, worker.project_id)
            rows = [{**values, "worker": worker}]
            return services.record_certificates(project, rows, actor=actor)[0]

        done = self.take(form, save, gettext("The certificate is on record"), _home(worker.id))
        if done is not None:
            return done
        title = f"{self.record_title} · {worker.name}"
        return self.form_page(form, self.form_sections, title, _home(worker.id))

    @expose("/edit/<pk>", methods=["GET", "POST"])
    @has_access
    def edit(self, pk: str) -> Any:
        """Show and take the form of a certificate; then the worker's page again."""
        row = self._changeable(pk)
        form = read_form(self._class_of(self.form_sections, BaseForm), row)
        saving = unless_stale(form, row, services.edit_certificate)
        done = self.take(form, saving, gettext("Saved"), _home(row.worker_id))
        if done is not None:
            return done
        title = f"{self.edit_title} · {row.worker.name}"
        return self.form_page(form, self.form_sections, title, _home(row.worker_id))

    @expose("/verify/<pk>", methods=["GET", "POST"])
    @has_access
    def verify(self, pk: str) -> Any:
        """Show and take what the check of a certificate found."""
        row = self._changeable(pk)
        form = read_form(extend(BaseForm, VERDICT), row)
        saving = unless_stale(form, row, services.verify_certificate)
        done = self.take(form, saving, gettext("The check is on record"), _home(row.worker_id))
        if done is not None:
            return done
        title = f"{VERDICT['verify_state'].label} · {row.worker.name} · {row.number}"
        return self.form_page(form, [("", [*VERDICT])], title, _home(row.worker_id))

    @expose("/remove/<pk>", methods=["POST"])
    @has_access
    def remove(self, pk: str) -> Response:
        """Remove a certificate recorded by mistake."""
        row = self._changeable(pk)
        home = _home(row.worker_id)
        answer(services.drop_certificate, row, success=gettext("The certificate is removed"))
        return redirect(home)

    def _changeable(self, pk: str) -> Certificate:
        row: Certificate = self.row(pk)
        if not self.may_edit(row):
            raise Closed(str(row))
        return row


def _home(worker_id: int) -> str:
    return url_for("WorkerView.show", pk=worker_id, tab="training")


def _validity(raw: str) -> Any:
    today = clock.today()
    return {
        "expired": Certificate.valid_to < today,
        "soon": and_(Certificate.valid_to >= today,
                     Certificate.valid_to <= today + timedelta(days=SOON_DAYS)),
    }.get(raw)  # fmt: skip
