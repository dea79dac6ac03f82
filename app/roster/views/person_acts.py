"""What a worker's page does about the person: conflicts, releases, corrections (8.2, 8.5)."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from flask import abort, flash, g, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from markupsafe import Markup

from app.core import clock, scope
from app.core.forms import form_class
from app.core.views import read_form
from app.core.views.pages import answer, submit
from app.permissions import Area
from app.roster import queries, services
from app.roster.choices import PersonCorrectionState, ReleaseState, StayState
from app.roster.models import PersonCorrection, ProjectWorker, StayRelease
from app.roster.queries import elsewhere
from app.roster.services import conflicts
from app.roster.services.corrections import OPEN

TOLD_FOR = timedelta(days=30)  # how long a settled request stays on the page
Rows = list[dict[str, Any]]


class PersonActs:
    """Routes and buttons about the person behind a stay; mixed into the view of workers."""

    row: Callable[[Any], Any]
    allowed: Callable[[str], bool]
    form_page: Callable[..., str]

    @expose("/take_name/<pk>", methods=["POST"])
    @has_access
    def take_name(self, pk: str) -> Any:
        """Settle a conflict by the name the city knows: 以登记为准."""
        row = self._own_row(pk)
        answer(
            services.take_city_name, row,
            success=gettext("The name the city knows holds for this stay now"),
        )  # fmt: skip
        return redirect(url_for(".show", pk=pk))

    @expose("/release/<pk>", methods=["POST"])
    @has_access
    def release(self, pk: str) -> Any:
        """Ask the other site for the exit: 申请释放."""
        row = self._own_row(pk)
        answer(services.ask_release, row, success=gettext("The other site is asked for his exit"))
        return redirect(url_for(".show", pk=pk))

    @expose("/still_here/<pk>", methods=["GET", "POST"])
    @has_access
    def still_here(self, pk: str) -> Any:
        """Let the site that is asked for an exit say why the worker is still there."""
        row = self._own_row(pk)
        asked = [r for r in _releases(row) if r.worker_id == row.id
                 and r.state is ReleaseState.PENDING]  # fmt: skip
        if not asked:
            abort(404)
        form = read_form(form_class(StayRelease, ("answer",)), asked[0])
        target = url_for(".show", pk=pk)
        if request.method == "POST":

            def save(values: Mapping[str, Any], *, actor: scope.Principal) -> Any:
                return services.answer_release(asked[0], values, actor=actor)

            if submit(form, save) is not None:
                flash(gettext("The other site reads this on the worker's page"), "success")
                return redirect(target)
        title = gettext("Still on this site: %(name)s", name=row.name)
        return self.form_page(form, [("", ["answer"])], title, target)

    def _own_row(self, pk: str) -> ProjectWorker:
        row: ProjectWorker = self.row(pk)
        if not queries.keeps(row, scope.current()):
            abort(404)
        return row

    def person_buttons(self, row: ProjectWorker) -> Rows:
        """Give the buttons about the person, by what stands open."""
        actor = scope.current()
        if row.state is StayState.EXITED or not queries.keeps(row, actor):
            return []
        found: Rows = []
        if self.allowed("write"):
            found += _release_buttons(row)
            if conflicts.of_names(row) and not (row.conflict or {}).get("chip"):
                found.append(_button(
                    gettext("Take the name the city knows"), url_for(".take_name", pk=row.id),
                    gettext("The name entered here was wrong: take “%(name)s”?",
                            name=(row.conflict or {}).get("known", "")),
                ))  # fmt: skip
        return [*found, *correction_buttons(row)]


def correction_buttons(row: ProjectWorker | None) -> Rows:
    """Give 人员信息更正 of the person of a live stay, to who may ask for it (screens.md 8.5)."""
    actor = scope.current()
    asks = row is not None and row.state in queries.LIVE and queries.keeps(row, actor)
    if row is None or not asks or not actor.can("write", Area.PERSONS):
        return []
    return [{
        "label": gettext("Correct the person's data"), "method": "get", "tone": "",
        "url": url_for("PersonCorrectionView.ask", worker=row.id), "confirm": None,
    }]  # fmt: skip


def correction_notice(row: ProjectWorker | None) -> dict[str, Any]:
    """Lead from an edit form, where name and document do not change, to where they do."""
    words = gettext("Name and document change only by a correction of the person's data")
    line = Markup('<p class="help">{} <a href="{}">{}</a></p>')
    found = correction_buttons(row)
    return {"form_notice": line.format(words, found[0]["url"], found[0]["label"])} if found else {}


def _releases(row: ProjectWorker) -> list[StayRelease]:
    """Give the requests about a stay, read once a page."""
    known: dict[int, list[StayRelease]] = g.setdefault("releases_about", {})
    if row.id not in known:
        known[row.id] = elsewhere.releases_about(row)
    return known[row.id]


def _button(label: str, url: str, confirm: str) -> dict[str, Any]:
    return {"label": label, "method": "post", "tone": "", "url": url, "confirm": confirm}


def _release_buttons(row: ProjectWorker) -> Rows:
    if row.state is not StayState.ON_SITE:
        return []
    open_ones = [r for r in _releases(row) if r.state is ReleaseState.PENDING]
    found: Rows = []
    if any(release.worker_id == row.id for release in open_ones):
        found.append({
            "label": gettext("Say that he is still here"), "method": "get", "tone": "",
            "url": url_for(".still_here", pk=row.id), "confirm": None,
        })  # fmt: skip
    elif not any(r.new_worker_id == row.id for r in open_ones) and elsewhere.others_on_site(row):
        found.append(_button(
            gettext("Ask for the release"), url_for(".release", pk=row.id),
            gettext("The other site is asked to record his exit within 3 days; then his stay there"
                    " closes on his last punch date. Ask now?"),
        ))  # fmt: skip
    return found


def person_notes(row: ProjectWorker) -> list[str | Markup]:
    """Say what stands open about the person: releases, corrections, a differing account name."""
    lines: list[str | Markup] = [
        words for release in _releases(row) for words in _release_lines(release, row)
    ]
    if scope.current().can("read", Area.PERSONS):
        lines += [_correction_line(one) for one in elsewhere.corrections_about(row)
                  if one.state in OPEN]  # fmt: skip
    if row.account_name_differs and row.state is not StayState.EXITED:
        lines.append(
            gettext("The wage card is in the name “%(holder)s”, the worker is called “%(name)s”:"
                    " enter his own card or add the bank's proof",
                    holder=row.bank_account_name, name=row.name)
        )  # fmt: skip
    return lines


def _release_lines(release: StayRelease, row: ProjectWorker) -> list[str]:
    if release.state is not ReleaseState.PENDING:
        recent = release.changed_at is not None and clock.now() - release.changed_at < TOLD_FOR
        return [_settled(release, row)] if recent else []
    asked = release.worker_id == row.id
    words = _asked(release) if asked else _asking(release)
    if not release.answer:
        return [words]
    said = (
        gettext("Answered to the other site: %(words)s", words=release.answer) if asked
        else gettext("The other site answers: %(words)s", words=release.answer)
    )  # fmt: skip
    return [words, said]


def _asked(release: StayRelease) -> str:
    return gettext(
        "%(name)s has entered “%(site)s” on %(day)s: record his exit here by 24:00 of %(due)s, else"
        " the system closes this stay on his last punch date; wages stay open",
        name=release.name, site=release.new_site_name, day=release.new_entry_on or "—",
        due=_last_day(release),
    )  # fmt: skip


def _asking(release: StayRelease) -> str:
    return gettext(
        "%(name)s is still on site at “%(site)s”: it was asked for his exit on %(day)s; after 24:00"
        " of %(due)s the system closes his stay there on his last punch date",
        name=release.name, site=release.site_name,
        day=clock.local(release.asked_at).date().isoformat(), due=_last_day(release),
    )  # fmt: skip


def _settled(release: StayRelease, row: ProjectWorker) -> str:
    day, here = release.left_on or "—", release.worker_id == row.id
    if release.state is ReleaseState.LAPSED:
        return gettext("The request for an exit from “%(site)s” is no longer needed",
                       site=release.site_name)  # fmt: skip
    if release.state is ReleaseState.LEFT:
        return gettext("“%(site)s” has recorded his exit of %(day)s", site=release.site_name,
                       day=day)  # fmt: skip
    if here:
        return gettext(
            "The system has closed this stay on %(day)s: released to “%(site)s”; settle the wages"
            " still open", day=day, site=release.new_site_name,
        )  # fmt: skip
    return gettext("The system has closed his stay at “%(site)s” on %(day)s",
                   site=release.site_name, day=day)  # fmt: skip


def _last_day(release: StayRelease) -> str:
    return clock.local(release.due_at - timedelta(seconds=1)).date().isoformat()


def _correction_line(row: PersonCorrection) -> Markup:
    words = (
        gettext("A correction of his data is disputed and with the district")
        if row.state is PersonCorrectionState.DISPUTED
        else gettext("A correction of his data waits until %(time)s",
                     time=f"{clock.local(row.dispute_until):%Y-%m-%d %H:%M}")
    )  # fmt: skip
    return Markup('{} <a href="{}">{}</a>').format(
        words, url_for("PersonCorrectionView.show", pk=row.id), gettext("View")
    )
