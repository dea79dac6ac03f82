"""上报上级平台: log, settings and counterparts (open-api.md, as its client)."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from app.core import clock
from app.core.columns import ChoicesOf, Date, column
from app.core.forms import BaseForm, extend, form_class, loose
from app.core.views import BaseModelView, BasePage, Interface, answer, back_or
from app.core.views.base import action
from app.core.views.pages import new_form, read_form, submit
from app.permissions import Area
from app.upstream import queries, services
from app.upstream.choices import Standing, Subject
from app.upstream.models import UpstreamCode, UpstreamLink, UpstreamReport, UpstreamSite

FORM_PAGE = "appbuilder/general/model/add.html"
SETTINGS = [
    (_("Reported records"), ["enabled", "subjects", "from_on"]),
    (_("Access"), ["address", "app_id", "app_secret", "corp_key"]),
]
SPAN = {
    "first": loose("first", column(Date, label=_("From day"), required_at=("form",))),
    "last": loose("last", column(Date, label=_("To day"), required_at=("form",))),
    "subjects": loose(
        "subjects",
        column(
            ChoicesOf(Subject), label=_("Reported records"),
            help=_("None chosen: records of every kind"),
        ),
    ),
}  # fmt: skip
SPAN_FORM: type[BaseForm] = extend(BaseForm, SPAN, title="Span")


class UpstreamReportView(BaseModelView):
    """上报记录: what became of each record, and reporting it again."""

    route_base = "/upstream/reports"
    datamodel = Interface(UpstreamReport)
    class_permission_name = Area.UPSTREAM
    method_permission_name = {"again": "write"}
    list_title = _("Reporting upwards")
    show_title = _("Report upwards")
    list_columns = [
        "subject", "title", "site_name", "happened_on", "standing", "message", "attempts",
        "sent_at",
    ]  # fmt: skip
    card_columns = ("title", "subject", "standing", "message")
    search_columns = ["standing", "subject", "happened_on", "site_name", "title", "code"]
    order_columns = ["happened_on", "sent_at"]
    base_order = ("id", "desc")
    show_sections = [
        (_("Report upwards"), [
            "subject", "title", "site_name", "happened_on", "standing", "message", "attempts",
            "next_at", "sent_at", "settled_at",
        ]),
        (_("Exchange with the upper platform"), [
            "method", "code", "serial", "remote", "request", "answer",
        ]),
    ]  # fmt: skip
    empty_title = _("Nothing reported yet")

    def empty(self) -> dict[str, Any]:
        """Say whether reporting is off, and what to do."""
        settings = queries.link()
        text = (
            gettext("Records appear here with the next run, within a quarter of an hour.")
            if settings and settings.enabled
            else gettext("Reporting is switched off: open the settings to set it up.")
        )
        return {"title": str(self.empty_title), "text": text, "button": self.toolbar()[-1]}

    def toolbar(self) -> list[dict[str, Any]]:
        """Lead to the span, the counterparts and the settings."""
        found = [
            {"label": gettext("Dictionary counterparts"), "url": url_for("UpstreamCodeView.list")},
            {"label": gettext("Project counterparts"), "url": url_for("UpstreamSiteView.list")},
        ]
        if self.allowed("write"):
            found += [
                {"label": gettext("Report a span again"), "url": url_for("UpstreamPage.span")},
                {"label": gettext("Settings of reporting"), "primary": True,
                 "url": url_for("UpstreamPage.settings")},
            ]  # fmt: skip
        return found

    def row_actions(self, row: UpstreamReport) -> list[dict[str, Any]]:
        """Offer reporting again what did not arrive or may go twice."""
        if not self.allowed("write") or row.standing is Standing.SENT:
            return []
        return [{
            "label": gettext("Report again"), "url": url_for(".again", pk=row.id),
            "method": "post", "confirm": gettext("Report this record again?"),
        }]  # fmt: skip

    def buttons(self, row: UpstreamReport) -> list[dict[str, Any]]:
        """Offer on the page what the list offers."""
        return super().buttons(row) + [{**one, "tone": "primary"} for one in self.row_actions(row)]

    def head(self, row: UpstreamReport) -> dict[str, Any]:
        """Head the page with how far the report has come."""
        badge = {"label": row.standing.label, "tone": row.standing.tone}
        return {**super().head(row), "state_badge": badge}

    @action("write", _("Report again"), _("Report the ticked records again?"))
    def resend_ticked(self, rows: list[UpstreamReport]) -> Any:
        """Queue the ticked reports again."""
        return self.run(services.resend, rows)

    @expose("/again/<int:pk>", methods=["POST"])
    @has_access
    def again(self, pk: int) -> Response:
        """Queue one report again."""
        answer(services.resend, [self.row(pk)], success=gettext("Queued again"))
        return back_or(".show", pk=pk)


class UpstreamPage(BasePage):
    """Settings of reporting, and reporting a span again."""

    route_base = "/upstream"
    default_view = "settings"
    class_permission_name = Area.UPSTREAM
    method_permission_name = {"settings": "write", "span": "write"}
    title = _("Settings of reporting")

    @expose("/settings", methods=["GET", "POST"])
    @has_access
    def settings(self) -> Any:
        """Show and take the settings; secrets are never shown again."""
        names = [name for _title, columns in SETTINGS for name in columns]
        form = read_form(form_class(UpstreamLink, names), queries.link())
        if request.method == "POST" and submit(form, services.configure):
            flash(gettext("Saved"), "success")
            return redirect(url_for("UpstreamReportView.list"))
        return self._form_page(form, gettext("Settings of reporting"), SETTINGS, gettext("Save"))

    @expose("/span", methods=["GET", "POST"])
    @has_access
    def span(self) -> Any:
        """Report the records of a span of days again."""
        form = new_form(SPAN_FORM, first=clock.today(), last=clock.today())
        if request.method == "POST" and (done := submit(form, services.resend_span)):
            flash(gettext("%(n)s records are reported again", n=done.queued), "success")
            if done.left:
                flash(gettext(
                    "%(n)s records have arrived and are taken only once, or await their outcome:"
                    " they are not sent again", n=done.left,
                ), "info")  # fmt: skip
            return redirect(url_for("UpstreamReportView.list"))
        sections = [(_("Days of the records"), list(SPAN))]
        return self._form_page(
            form, gettext("Report a span again"), sections, gettext("Report again")
        )

    def _form_page(self, form: Any, title: str, sections: Any, verb: str) -> str:
        drawn = [(name, [form[one] for one in columns], True) for name, columns in sections]
        return self.page(
            FORM_PAGE, title=title, sections=drawn, form_hidden=form.hidden_tag(),
            form_errors=form.form_errors, submit_label=verb,
            cancel_url=url_for("UpstreamReportView.list"),
        )  # fmt: skip


class UpstreamCodeView(BaseModelView):
    """代码对照: codes the platform above calls otherwise."""

    route_base = "/upstream/codes"
    datamodel = Interface(UpstreamCode)
    class_permission_name = Area.UPSTREAM
    list_title = _("Dictionary counterparts")
    add_title = _("Add a counterpart")
    edit_title = _("Change a counterpart")
    list_columns = ["table_name", "code", "upper_code"]
    search_columns = ["table_name", "code"]
    order_columns = ["table_name", "code"]
    base_order = ("table_name", "asc")
    card_columns = ("table_name", "code", "upper_code")
    form_sections = [(_("Counterpart"), ["table_name", "code", "upper_code"])]
    show_sections = [(_("Counterpart"), ["table_name", "code", "upper_code"])]
    add_service = staticmethod(services.add_code)
    edit_service = staticmethod(services.change_code)
    empty_text = _("Codes without a counterpart are reported as they are.")


class UpstreamSiteView(BaseModelView):
    """项目对照: number and key of projects on the platform above."""

    route_base = "/upstream/sites"
    datamodel = Interface(UpstreamSite)
    class_permission_name = Area.UPSTREAM
    list_title = _("Project counterparts")
    add_title = _("Add a counterpart")
    edit_title = _("Change a counterpart")
    list_columns = ["project_no", "upper_no", "app_id"]
    search_columns = ["project_no", "upper_no"]
    order_columns = ["project_no"]
    base_order = ("project_no", "asc")
    card_columns = ("project_no", "upper_no")
    form_sections = [(_("Counterpart"), ["project_no", "upper_no", "app_id", "app_secret"])]
    show_sections = [(_("Counterpart"), ["project_no", "upper_no", "app_id"])]
    left_out = ("app_secret",)  # never shown again
    add_service = staticmethod(services.add_site)
    edit_service = staticmethod(services.change_site)
    empty_text = _("Projects without a counterpart are reported under their own number.")


PAGES = (UpstreamPage, UpstreamCodeView, UpstreamSiteView)
