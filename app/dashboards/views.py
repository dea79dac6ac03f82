"""首页 of each role."""

from datetime import datetime
from typing import Any

from flask import redirect, session, url_for
from flask_appbuilder import IndexView, expose
from flask_babel import gettext

from app.alerts.choices import TO_CLOSE, TO_DECIDE, UNCLOSED
from app.attendance.queries import Presence, presence
from app.core import clock, scope
from app.core.counts import counted
from app.core.money import yuan
from app.core.views import shell
from app.dashboards import queries
from app.dashboards.steps import next_steps, office_steps
from app.guides.queries import latest
from app.permissions import Area
from app.projects.choices import ProjectState
from app.projects.queries import only_site
from app.roster.choices import StayState

LATEST_ARTICLES = 5


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
        return self.render_template(
            "dashboards/home.html", title=gettext("Home"), day=_day, **page(actor)
        )

    def _contractor(self, actor: scope.Principal) -> dict[str, Any]:
        if shell.CHOSEN not in session and (number := only_site()):
            shell.choose_project(number)  # who has one project need not choose it
        today = clock.today()
        wages, firms = actor.can("read", Area.WAGES), actor.enterprises
        found = _read(
            queries.site_figures() if _sees_figures(actor) else {},
            queries.wages_due(today) if wages else {},
            queries.waiting_invitations(firms) if firms else {},
        )  # fmt: skip
        cards = _site_cards(actor, found, presence(today)) if _sees_figures(actor) else []
        if wages:
            cards += [
                _card(actor, Area.PROJECTS, yuan(found["payable"]),
                      gettext("Payable this month"), "SiteView.list") | {"unit": gettext("yuan")},
                _card(actor, Area.PROJECTS, yuan(found["paid"]),
                      gettext("Paid this month"), "SiteView.list") | {"unit": gettext("yuan")},
            ]  # fmt: skip
        if firms:
            cards.append(
                _card(actor, Area.UNITS, found["invitations"], gettext("Invitations to answer"),
                      "InvitationView.list")
            )  # fmt: skip
        steps, articles = next_steps(actor), _articles(actor)
        number = len(steps) + len(articles["must_read"])
        cards.append({"number": number, "label": gettext("To do"),
                      "url": "#to-do" if number else None})  # fmt: skip
        return {"cards": cards, "steps": steps, **articles}

    def _government(self, actor: scope.Principal) -> dict[str, Any]:
        cards: list[dict[str, Any]] = []
        reviews = actor.can("approve", Area.REGISTRATIONS)
        closes, verifies = actor.can("close", Area.ALERTS), actor.can("confirm", Area.INCIDENTS)
        figures = _sees_figures(actor)
        found, there = _over_districts(actor, reviews=reviews, figures=figures)
        found |= _read(
            queries.waiting_alerts() if closes else {},
            queries.waiting_incidents() if verifies else {},
        )
        if reviews:
            cards += [
                _card(actor, Area.REGISTRATIONS, found["registrations"],
                      gettext("Registrations to review"), "RegistrationReviewView.list"),
                _card(actor, Area.ENTERPRISES, found["changes"], gettext("Changes to review"),
                      "ChangeReviewView.list"),
                _card(actor, Area.PROJECTS, found["reviews"], gettext("Projects to review"),
                      "ProjectReviewView.list"),
            ]  # fmt: skip
        if closes:
            cards += [
                _card(actor, Area.ALERTS, found["decisions"], gettext("Warnings to decide"),
                      "AlertView.list", state=TO_DECIDE),
                _card(actor, Area.ALERTS, found["handled"], gettext("Warnings to write off"),
                      "AlertView.list", state=TO_CLOSE),
            ]  # fmt: skip
        if verifies:
            cards.append(
                _card(actor, Area.INCIDENTS, found["incidents"], gettext("Incidents to verify"),
                      "IncidentView.list", to_verify="1")
            )  # fmt: skip
        return {
            "steps": office_steps(actor),
            "cards": cards + (_site_cards(actor, found, there) if figures else []),
            "levels": queries.alerts_by_level() if figures else {},
            "alerts_open": actor.can("read", Area.ALERTS),
            **_articles(actor),
        }

    def _administrator(self, actor: scope.Principal) -> dict[str, Any]:  # noqa: ARG002
        return {"cards": [], "articles": [], "must_read": [], "administrator": True}


def _day(at: datetime) -> str:
    return f"{clock.local(at):%Y-%m-%d}"


def _read(*figures: queries.Figures) -> dict[str, Any]:
    """Read the figures of a page together; nothing counts and sums as 0."""
    asked = {name: query for part in figures for name, query in part.items()}
    return counted(**asked) if asked else {}


def _over_districts(
    actor: scope.Principal, *, reviews: bool, figures: bool
) -> tuple[dict[str, Any], dict[int, Presence]]:
    """Count for an official what there is most of: reviews, sites, people on site and on duty."""
    with scope.system_scope("an official's figures are counted over his districts"):
        found = _read(
            queries.waiting_reviews(actor.districts) if reviews else {},
            queries.site_figures(actor.districts) if figures else {},
        )
        return found, presence(clock.today(), districts=actor.districts) if figures else {}


def _articles(actor: scope.Principal) -> dict[str, Any]:
    newest, must_read = latest(actor, LATEST_ARTICLES)
    return {"articles": newest, "must_read": must_read}


def _card(
    actor: scope.Principal, area: Area, number: Any, label: str, endpoint: str, **values: Any
) -> dict[str, Any]:
    """Give a number; it leads to its list where the reader may open that."""
    url = url_for(endpoint, **values) if actor.can("read", area) else None
    return {"number": number, "label": label, "url": url}


def _sees_figures(actor: scope.Principal) -> bool:
    """Tell whether the figures are shown: to who opens what they count, or to a leader."""
    return actor.can("read", Area.ALERTS) or actor.can("figures", Area.HOME)


def _site_cards(
    actor: scope.Principal, figures: dict[str, Any], there: dict[int, Presence]
) -> list[dict[str, Any]]:
    """Give the figures of the sites."""
    site = queries.sites(figures, there.values())
    return [
        _card(actor, Area.PROJECTS, site.projects, gettext("Projects under construction"),
              "SiteView.list", state=ProjectState.ACTIVE.name),
        _card(actor, Area.ROSTER, site.on_site, gettext("Workers on site"), "WorkerView.list",
              state=StayState.ON_SITE.name),
        _card(actor, Area.ATTENDANCE, site.on_duty, gettext("On duty today"), "ReportPage.index"),
        _card(actor, Area.ATTENDANCE, site.rate, gettext("Attendance rate today"),
              "ReportPage.index"),
        _card(actor, Area.ROSTER, site.incomplete, gettext("To be completed"), "WorkerView.list",
              incomplete="1"),
        _card(actor, Area.ALERTS, site.alerts, gettext("Open warnings"), "AlertView.list",
              state=UNCLOSED),
    ]  # fmt: skip
