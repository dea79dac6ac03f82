"""Every view, in menu order, on one page."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any, NamedTuple

from flask import Flask
from flask_appbuilder import AppBuilder
from flask_babel import lazy_gettext as _

from app.core.views.crumbs import Place
from app.extensions import db
from app.permissions import Area

HOME = "home"
CATEGORIES: dict[str, tuple[Any, str]] = {
    "project": (_("Project"), "project"),
    "review": (_("Waiting for my review"), "review"),
    "administration": (_("Administration"), "settings"),
}


class Entry(NamedTuple):
    """One line of the menu: where the view is, its name, word, icon and group.

    ``permission`` is the right in the view's area that shows the line.
    """

    view: str
    name: str
    label: Any
    icon: str
    category: str = ""
    permission: str = "read"


# Top to bottom as the manual and screens.md 1 have it; the rights decide who sees which line.
ENTRIES = (
    # the office's lines first: contractors see none of them
    Entry("enterprises.RegistrationReviewView", "registrations", _("Registrations"), "review",
          "review", "approve"),
    Entry("enterprises.ChangeReviewView", "enterprise_changes", _("Enterprise changes"), "review",
          "review", "approve"),
    Entry("projects.ProjectReviewView", "project_reviews", _("Projects to review"), "review",
          "review", "approve"),
    Entry("roster.ReplacementReviewView", "replacement_reviews", _("Replacements to review"),
          "review", "review", "approve"),
    Entry("roster.DisputeView", "person_disputes", _("Disputed person corrections"), "review",
          "review", "approve"),
    Entry("wages.AccountReviewView", "account_reviews", _("Special accounts to review"), "review",
          "review", "approve"),
    Entry("enterprises.DirectoryView", "enterprises", _("Enterprise directory"), "enterprise"),
    Entry("projects.ProjectView", "projects", _("Project information"), "building"),
    # for who answers them: the enterprise, not its people on site
    Entry("projects.InvitationView", "invitations", _("My invitations"), "message",
          permission="accept"),
    Entry("projects.SiteView", "sites", _("Project list"), "project", "project"),
    Entry("roster.TeamView", "teams", _("Teams"), "team", "project"),
    Entry("roster.WorkerView", "workers", _("Workers"), "worker", "project"),
    Entry("roster.SpecialistView", "specialists", _("On-site specialists"), "staff", "project"),
    Entry("roster.ManagerView", "managers", _("Management and technical staff"), "staff",
          "project"),
    Entry("attendance.ReportPage", "attendance", _("Attendance"), "calendar", "project"),
    Entry("attendance.PunchView", "punches", _("Punch list"), "calendar", "project"),
    Entry("wages.SplitPlanView", "wages", _("Wage splitting"), "money", "project"),
    Entry("alerts.AlertView", "alerts", _("Warnings"), "bell", "project"),
    Entry("incidents.IncidentView", "incidents", _("Incidents"), "incident", "project"),
    Entry("enterprises.InformationPage", "enterprise", _("Enterprise information"), "enterprise"),
    Entry("guides.GuidePage", "guides", _("Guides"), "guide"),
    Entry("imports.TemplatePage", "templates", _("Import templates"), "import"),
    Entry("guides.ArticleView", "articles", _("Content"), "guide", "administration"),
    Entry("reference.DictionaryEntryView", "dictionaries", _("Dictionaries"), "dictionary",
          "administration"),
    Entry("approvals.AuditView", "audit", _("Audit log"), "audit", "administration"),
    Entry("upstream.UpstreamReportView", "upstream", _("Reporting upwards"), "import",
          "administration"),
    Entry("approvals.JobView", "jobs", _("Scheduled jobs"), "jobs", "administration"),
    Entry("identity.AccountAdminView", "accounts_admin", _("Accounts"), "users",
          "administration"),
    Entry("identity.RoleAdminView", "roles", _("Roles"), "users", "administration"),
)  # fmt: skip

# The pages without a line of their own, and the view each stands below.
BELOW = {
    "AccountView": "SplitPlanView",
    "AdministratorPage": "DirectoryView",
    "CallLogView": "ProjectView",
    "CertificateView": "WorkerView",
    "CorrectionView": "ReportPage",
    "ImportEvidenceView": "AuditView",
    "ImportRunView": "TemplatePage",
    "DeviceView": "ProjectView",
    "DocumentPage": "ProjectView",
    "InterfacePage": "ProjectView",
    "JobRunView": "JobView",
    "LookView": "AuditView",
    "OddPunchView": "ReportPage",
    "PassPage": "WorkerView",
    "PayrollView": "SplitPlanView",
    "PermitView": "ProjectView",
    "ReplacementView": "ManagerView",
    "PersonCorrectionView": "WorkerView",
    "TrainingView": "WorkerView",
    "SelfTestPage": "ProjectView",
    "SilentTeamsPage": "TeamView",
    "SplitTransferView": "SplitPlanView",
    "SubAccountView": "InformationPage",
    "UnitView": "ProjectView",
    "UpstreamCodeView": "UpstreamReportView",
    "UpstreamPage": "UpstreamReportView",
    "UpstreamSiteView": "UpstreamReportView",
    "VisitorView": "WorkerView",
    "WagePlanView": "SplitPlanView",
    "WageTransferView": "SplitPlanView",
}

DOMAINS_WITH_PAGES = (
    "reference", "enterprises", "projects", "identity", "roster", "attendance", "wages", "alerts",
    "incidents", "guides", "approvals", "openapi", "upstream", "imports", "dashboards",
)  # fmt: skip


def view_of(entry: Entry) -> Any:
    """Give the view class of a line."""
    domain, name = entry.view.split(".")
    if not find_spec(f"app.{domain}") or not find_spec(f"app.{domain}.views"):
        return None
    return getattr(import_module(f"app.{domain}.views"), name, None)


def pages() -> list[Any]:
    """Give the views that stand in no menu: each domain names its own in ``views.PAGES``."""
    found: list[Any] = []
    for domain in DOMAINS_WITH_PAGES:
        if find_spec(f"app.{domain}") and find_spec(f"app.{domain}.views"):
            found += getattr(import_module(f"app.{domain}.views"), "PAGES", ())
    return found


def build(app: Flask) -> AppBuilder:
    """Start the framework and register every view."""
    builder = AppBuilder()
    # whose rights show a line or a group: (permission, area, audience it is meant for)
    lines: dict[str, list[tuple[str, str, Any]]] = {HOME: [("read", str(Area.HOME), None)]}
    app.extensions["menu_lines"] = lines
    builder.init_app(app, db.session)
    places: dict[str, Place] = {}
    app.extensions["places"] = places
    builder.add_link(HOME, href="/", label=_("Home"), icon="home")
    for entry in ENTRIES:
        view = view_of(entry)
        if view is None:
            continue
        label_of, icon_of = CATEGORIES.get(entry.category, ("", ""))
        audience = getattr(view, "audience", None)
        line = (entry.permission, str(view.class_permission_name), audience)
        for name in filter(None, (entry.name, entry.category)):
            lines.setdefault(name, []).append(line)
        made = builder.add_view(
            view, entry.name, label=entry.label, icon=entry.icon, category=entry.category,
            category_label=label_of, category_icon=icon_of,
        )  # fmt: skip
        places[made.endpoint] = Place(made, entry.label, label_of, permission=entry.permission)
    for view in pages():
        made = builder.add_view_no_menu(view)
        if above := BELOW.get(view.__name__, ""):
            label = getattr(view, "list_title", "") or getattr(view, "title", "")
            places[made.endpoint] = Place(made, label, above=above)
    # the framework's own views open this group before ours: it stands last (screens.md 1)
    builder.menu.menu.sort(key=lambda group: group.name == "administration")
    return builder
