"""培训与证书 of a worker: his trainings, his certificates, and what his trade still asks for."""

from collections.abc import Callable
from typing import Any

from flask import redirect, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.core import clock, words
from app.core.columns.base import EMPTY, specs
from app.core.columns.codes import Code
from app.core.columns.files import describe_all
from app.core.views import action
from app.roster.choices import StayState
from app.roster.models import Certificate, ProjectWorker
from app.roster.queries import papers
from app.roster.services import special_trades
from app.roster.views.certificate_cells import checked, missing_mark, validity
from app.roster.views.worker_columns import LESSONS

SHOWN = ("kind", "special_type", "name", "number", "issuer", "issued_on", "valid_to", "file")
ON_A_PHONE = ("kind", "number", "valid_to", "validity")


def training_tab(view: Any) -> Callable[[Any], dict[str, Any]]:
    """Give the entry training, all trainings, and the certificates with their buttons."""

    def content(row: ProjectWorker) -> dict[str, Any]:
        held = papers.certificates_of([row.id])[row.id]
        describe_all(*held)
        lessons = [(view.spec(name).label, view.value(row, name)) for name in LESSONS]
        if late := _late(row):
            lessons.append((gettext("Trained late"), late))
        sections = [(_("Entry safety training"), lessons)]
        if trainings := _trainings(row):
            sections.append((_("All trainings"), trainings))
        if missing := special_trades.lacking([row]).get(row.id):
            sections.append((gettext("Certificates"), _missing(missing)))
        return {
            "sections": sections, "rows": _rows(view, held), "columns": _heads(),
            "toolbar": _buttons(view, row),
            "empty": {"title": gettext("No certificate yet"),
                      "text": gettext("Certificates of trade, post and special work stand here.")},
        }  # fmt: skip

    return content


def _late(row: ProjectWorker) -> str:
    """Say that the training came after the first punch (PERS-003 b)."""
    punched = clock.local(row.first_punch_at).date() if row.first_punch_at else None
    if not punched or not row.training_on or row.training_on <= punched:
        return ""
    return gettext("%(n)s days after the first punch", n=(row.training_on - punched).days)


def _trainings(row: ProjectWorker) -> list[tuple[Any, Any]]:
    return [
        (session.trained_on.isoformat(), _session(trainee, session))
        for trainee, session in papers.trainings_of([row.id])
    ]


def _session(trainee: Any, session: Any) -> Markup:
    held = specs(type(session))
    kind = Code("training_type").show(session.kind)
    parts = [f"{held['hours'].shown(session)} {gettext('hours')}", specs(type(trainee))["result"]
             .shown(trainee)]  # fmt: skip
    if trainee.score is not None:
        parts.append(gettext("%(n)s points", n=trainee.score))
    return Markup('<a href="{}">{}</a> · {} · {}').format(
        url_for("TrainingView.show", pk=session.id), session.name or kind, kind,
        " · ".join(str(part) for part in parts),
    )  # fmt: skip


def _missing(names: list[str]) -> list[tuple[Any, Any]]:
    return [(missing_mark(names), gettext("A valid certificate is needed: %(names)s",
                                          names="、".join(names)))]  # fmt: skip


def _heads() -> list[dict[str, Any]]:
    held = specs(Certificate)
    labels = [(name, held[name].label) for name in SHOWN]
    labels += [("validity", gettext("Validity")), ("checked", held["verify_state"].label),
               ("check", gettext("Checked by"))]  # fmt: skip
    return [{"name": name, "label": label, "numeric": False} for name, label in labels]


def _rows(view: Any, held: list[Certificate]) -> list[dict[str, Any]]:
    who = words.people(one.verified_by for one in held)
    return [_row(view, one, who.get(one.verified_by)) for one in held]


def _row(view: Any, one: Certificate, checker: str | None) -> dict[str, Any]:
    by = EMPTY
    if one.verified_at:
        by = f"{checker or ''} {clock.local(one.verified_at).strftime('%Y-%m-%d %H:%M')}".strip()
    values = [specs(Certificate)[name].shown(one) for name in SHOWN]
    values += [validity(one), checked(one), by]
    return {
        "id": one.id, "selectable": False, "actions": _actions(view, one),
        "cells": [
            {**head, "html": value, "primary": head["name"] == "kind",
             "card": head["name"] in ON_A_PHONE,
             "title": one.verify_remark if head["name"] == "checked" else None}
            for head, value in zip(_heads(), values, strict=True)
        ],
    }  # fmt: skip


def _actions(view: Any, one: Certificate) -> list[dict[str, Any]]:
    if not view.may_edit(one.worker):
        return []
    found = [{"label": gettext("Edit"), "url": url_for("CertificateView.edit", pk=one.id)}]
    if view.allowed("verify"):
        found.append({"label": gettext("Check"),
                      "url": url_for("CertificateView.verify", pk=one.id)})  # fmt: skip
    found.append({
        "label": gettext("Remove"), "url": url_for("CertificateView.remove", pk=one.id),
        "method": "post", "danger": True, "confirm": gettext("Remove this certificate?"),
    })  # fmt: skip
    return found


def _buttons(view: Any, row: ProjectWorker) -> list[dict[str, Any]]:
    if row.state is StayState.EXITED or not view.may_edit(row):
        return []
    missing = special_trades.lacking([row])
    return [
        {"label": gettext("Add a certificate"), "icon": "plus", "primary": True,
         "url": url_for("CertificateView.record", pk=row.id, special=1 if missing else None)},
        {"label": gettext("Add a training"), "icon": "plus",
         "url": url_for("TrainingView.add", rowid=row.id)},
    ]  # fmt: skip


class TrainingMixin:
    """登记培训 of ticked workers: mixed into the view of workers."""

    @action("train", _("Training of several"), "", multiple=True)
    def train_ticked(self, rows: Any) -> Response:
        """Lead the ticked workers to the form of a training."""
        return redirect(url_for("TrainingView.add", rowid=[row.id for row in rows]))
