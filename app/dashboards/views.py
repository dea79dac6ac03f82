"""首页 of each role."""

from typing import Any

from flask import redirect, url_for
from flask_appbuilder import IndexView, expose
from flask_babel import gettext

from app.core import clock, scope
from app.dashboards import queries


class HomeView(IndexView):
    """The page after signing in."""

    @expose("/")
    def index(self) -> Any:
        """Show what the signed-in role sees first; strangers sign in."""
        actor = scope.current()
        if actor.user is None:
            return redirect(url_for("SignInView.login"))
        page = {
            scope.Audience.TENANT: self._contractor,
            scope.Audience.GOVERNMENT: self._government,
        }.get(actor.audience, self._administrator)
        return self.render_template("dashboards/home.html", title=gettext("Home"), **page(actor))

    def _contractor(self, actor: scope.Principal) -> dict[str, Any]:
        site = queries.sites(clock.today())
        cards = _site_cards(site)
        if actor.enterprises:
            waiting = queries.waiting_invitations(actor.enterprises)
            cards.append(_card(waiting, gettext("Invitations to answer"), "InvitationView.list"))
        return {
            "cards": cards,
            "steps": [
                {"project": project, "url": _step_url(project, step), "step": _step_word(step)}
                for project, step in queries.next_steps()
                if step
            ],
            "articles": queries.latest_articles(actor),
        }

    def _government(self, actor: scope.Principal) -> dict[str, Any]:
        waiting = queries.waiting_reviews()
        cards = []
        if actor.can("approve", "registrations"):
            cards += [
                _card(waiting["registrations"], gettext("Registrations to review"),
                      "RegistrationReviewView.list"),
                _card(waiting["changes"], gettext("Changes to review"), "ChangeReviewView.list"),
                _card(waiting["projects"], gettext("Projects to review"),
                      "ProjectReviewView.list"),
            ]  # fmt: skip
        return {
            "cards": cards + _site_cards(queries.sites(clock.today())),
            "levels": queries.alerts_by_level(),
            "articles": queries.latest_articles(actor),
        }

    def _administrator(self, actor: scope.Principal) -> dict[str, Any]:  # noqa: ARG002
        return {"cards": [], "articles": [], "administrator": True}


def _card(number: Any, label: str, endpoint: str, **values: Any) -> dict[str, Any]:
    return {"number": number, "label": label, "url": url_for(endpoint, **values)}


def _site_cards(site: queries.Site) -> list[dict[str, Any]]:
    return [
        _card(site.projects, gettext("Live projects"), "SiteView.list"),
        _card(site.on_site, gettext("Workers on site"), "WorkerView.list"),
        _card(site.on_duty, gettext("On duty today"), "ReportPage.index"),
        _card(site.rate, gettext("Attendance rate today"), "ReportPage.index"),
        _card(site.incomplete, gettext("To be completed"), "WorkerView.list", incomplete="1"),
        _card(site.alerts, gettext("Open warnings"), "AlertView.list"),
    ]


def _step_word(step: str) -> str:
    return {
        "complete": gettext("Complete the data and submit it for review"),
        "start": gettext("Report the start of works"),
        "teams": gettext("Add the first team"),
        "workers": gettext("Add the first workers"),
    }.get(step, "")


def _step_url(project: Any, step: str) -> str:
    return {
        "teams": lambda: url_for("TeamView.list"),
        "workers": lambda: url_for("WorkerView.list"),
    }.get(step, lambda: url_for("ProjectView.show", pk=project.id))()
