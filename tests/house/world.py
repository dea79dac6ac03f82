"""Four strangers before the rows of a victim."""

from typing import Any

from sqlalchemy import text
from werkzeug.routing import Rule

from app.attendance.devices.models import Device
from app.core import scope
from app.core.database import IDENTITY_TABLES
from app.core.exports import Export
from app.core.jobs import JobRun
from app.core.views.base import BaseModelView
from app.enterprises.choices import EnterpriseType
from app.enterprises.models import EnterpriseChange
from app.guides.models import Article
from app.imports.models import ImportJob
from app.openapi.models import ApiCall, ConformanceRun
from app.projects.models import Project
from app.roster.services import passes
from tests.factories import enterprises, projects
from tests.house.victim import Victim

STRANGERS = ("other_enterprise", "other_unit", "other_district", "nobody")

# What a stranger may look at all the same; changing it stays refused.
MAY_SEE: dict[tuple[str, type[Any]], str] = {
    ("other_unit", Project): "screens.md 1: a unit sees the projects where it has accepted",
}
MAY_OPEN: dict[tuple[str, str], str] = {
    ("other_unit", "SiteView.enter"): "screens.md 4.3: it works in the project it has accepted",
}
# Addresses with a part in them that names nobody's row.
NO_ROW: dict[str, str] = {
    "LocaleView.index": "the language of the reader",
    "DictionaryView.options": "code lists are shared with everybody",
    "RegistrationPage.form": "the kind of enterprise on a public form",
    "TemplatePage.template": "an empty workbook, the same for everybody",
    "TemplatePage.upload_pictures": "goes into the project chosen at the top, as a workbook",
    "TemplatePage.upload": "goes into the project chosen at the top, never into a posted one",
    "UnitView.name_of": "the part an invited unit will play",
}
EVERY_VIEW = {"show", "edit", "move", "unmask", "lookup", "delete"}  # tried view by view


class World:
    """Rows of a victim, and browsers of strangers."""

    def __init__(self, app: Any, system: Any, signed_in: Any) -> None:
        self.app, self.system, self.signed_in = app, system, signed_in
        self.users: dict[str, int] = {}
        self.chosen: dict[str, int] = {}
        with system():
            self.victim = Victim()
            self.rows, self.file = self.victim.rows, self.victim.file
            self.words = self.victim.words
            self.numbers = self._addresses()
            self._strangers()

    # --- what the tests ask ---------------------------------------------------------------

    def row(self, model: Any, view: Any = None) -> int:
        """Give the number of the victim's row of a model, or of a view that narrows it."""
        return self._of(model, view)[0]

    def secret(self, model: Any, view: Any = None) -> str:
        """Give a text that stands nowhere but in that row."""
        return self._of(model, view)[1]

    def _of(self, model: Any, view: Any) -> tuple[int, str]:
        name = type(view).__name__
        assert name in self.rows or model in self.rows, f"make a row of {model.__name__} here"
        return self.rows[name] if name in self.rows else self.rows[model]

    def fingerprint(self, model: Any, number: int) -> str:
        """Give the whole row as text, as the system reads it."""
        table = model.__table__.name
        query = text(f"select {table}::text from {table} where id = :id")
        with self.system() as session:
            if table in IDENTITY_TABLES:  # accounts and roles are the signing-in role's
                with scope.login_scope("accounts are compared") as connection:
                    row = connection.execute(query, {"id": number}).one_or_none()
            else:
                row = session.execute(query, {"id": number}).one_or_none()
        return row[0] if row else "gone"

    def fingerprints(self) -> list[str]:
        """Give every row of the victim as text."""
        models = self.victim.models
        return [
            self.fingerprint(models.get(key, key), number)
            for key, (number, _secret) in self.rows.items()
        ]

    def browser(self, stranger: str) -> Any:
        """Give a browser of a stranger who works in his own project."""
        if stranger == "nobody":
            self.app.config["WTF_CSRF_ENABLED"] = False
            return self.app.test_client()
        browser = self.signed_in(self.users[stranger])
        with browser.session_transaction() as session:
            session["project_id"] = self.chosen[stranger]
        return browser

    def everything(self) -> set[str]:
        """Give the words of the victim's rows that no picker may offer."""
        return self.words

    def arguments(self, rule: Rule) -> dict[str, Any] | None:
        """Give foreign numbers for an address; None where it names no row."""
        if rule.endpoint in NO_ROW:
            return None
        if rule.endpoint in self.numbers:
            return self.numbers[rule.endpoint]
        name, method = rule.endpoint.split(".")
        view = self._view(name)
        if isinstance(view, BaseModelView):
            if method in EVERY_VIEW:
                return None
            return {"pk": self.row(view.model, view)}
        raise AssertionError(f"say which foreign number {rule.endpoint} is tried with")

    def _view(self, name: str) -> Any:
        for view in self.app.extensions["appbuilder"].baseviews:
            if view.endpoint == name:
                return view
        return None

    # --- the strangers --------------------------------------------------------------------

    def _strangers(self) -> None:
        own = enterprises.enterprise()
        crew = enterprises.enterprise(EnterpriseType.LABOUR_SUBCONTRACTOR)
        site = projects.project(own)
        self.units = {
            "other_enterprise": projects.general_contractor_unit(site).id,
            "other_unit": projects.unit(self.victim.project, crew).id,
        }
        far = projects.project(enterprises.enterprise(district="440781"), district="440781")
        self.users = {
            "other_enterprise": enterprises.admin(own), "other_unit": enterprises.admin(crew),
            "other_district": enterprises.official(district="440781"),
            "owner": self.victim.admin, "own_office": self.victim.office,
            "guest": enterprises.admin(self.victim.guest),
            "system_office": enterprises.system_administrator(),
        }  # fmt: skip
        self.chosen = {
            "other_enterprise": site.id, "other_unit": self.victim.project.id,
            "other_district": far.id, "owner": self.victim.project.id,
            "own_office": self.victim.project.id, "guest": self.victim.project.id,
            "system_office": None,
        }  # fmt: skip
        for role in ("inspector", "editor"):  # every right an office of a district can have
            self._also(self.users["other_district"], role)

    def _also(self, user: int, role: str) -> None:
        with scope.login_scope("an official of a test has several roles") as connection:
            connection.execute(
                text(
                    "insert into ab_user_role (user_id, role_id)"
                    " select :user, id from ab_role where name = :role"
                ),
                {"user": user, "role": role},
            )

    def _addresses(self) -> dict[str, dict[str, Any]]:
        """Give the foreign number of every address that is no view over a model."""
        victim = self.victim
        project, number = victim.project.id, self.row
        article, change = number(Article), number(EnterpriseChange)
        job, client = number(ImportJob), victim.client
        run = number(ConformanceRun)
        return {
            "AccountAdminView.switch": {"pk": victim.admin, "on": 0},
            "AdministratorPage.reset": {"enterprise_id": victim.firm.id},
            "SubAccountView.reset": {"pk": victim.sub_account},
            "SubAccountView.switch": {"pk": victim.sub_account, "on": 0},
            "ExportPage.fetch": {"number": number(Export)},
            "ExportPage.show": {"number": number(Export)},
            "FileView.show": {"file_id": victim.file},
            "GuidePage.article": {"pk": article},
            "GuidePage.attachment": {"pk": article, "position": 0},
            "GuidePage.confirm": {"pk": article},
            "GuidePage.vote": {"pk": article},
            "PublicGuidePage.article": {"pk": article},
            "PublicGuidePage.attachment": {"pk": article, "position": 0},
            "ArticleView.attachment": {"pk": article, "position": 0},
            "PassPage.show": {"mark": passes.mark_of(victim.worker.id)},
            "CertificateView.record": {"pk": victim.worker.id},
            "TrainingView.grade": {"pk": victim.trainee},
            "InformationPage.request_page": {"pk": change},
            "InformationPage.withdraw": {"pk": change},
            "InterfacePage.settings": {"project_id": project},
            "InterfacePage.add": {"project_id": project},
            "InterfacePage.debug": {"project_id": project},
            "InterfacePage.edit": {"pk": client},
            "InterfacePage.secret": {"pk": client},
            "CallLogView.replay": {"pk": number(ApiCall)},
            "DeviceView.switch": {"pk": number(Device), "verb": "unbind"},
            "DocumentPage.html": {"pk": client},
            "DocumentPage.pdf": {"pk": client},
            "SelfTestPage.show": {"pk": client},
            "SelfTestPage.begin": {"pk": client},
            "SelfTestPage.finish": {"pk": client},
            "SelfTestPage.report": {"pk": run},
            "InterfacePage.move": {"pk": client, "verb": "disable"},
            "PersonCorrectionView.ask": {"worker": victim.worker.id},
            "ProgressPage.show": {"number": number(JobRun)},
            "RegistrationPage.correct": {"token": "forged"},
            "RegistrationPage.done": {"token": "forged"},
            "RegistrationPage.invited": {"token": "forged"},
            "RegistrationPage.show": {"token": "forged"},
            "RegistrationPage.upload": {"proof": "forged"},
            "ReportPage.day": {"worker_id": victim.worker.id, "day": "2026-10-20"},
            "TemplatePage.confirm": {"pk": job},
            "TemplatePage.discard": {"pk": job},
            "TemplatePage.once": {"pk": job},
            "TemplatePage.progress": {"pk": job},
            "TemplatePage.show": {"pk": job},
            "TemplatePage.undo": {"pk": job},
            "TemplatePage.wrong": {"pk": job},
        }
