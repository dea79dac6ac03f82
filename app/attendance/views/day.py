"""One person's work date: hours, pairs and every punch of the day (screens.md 9.1)."""

from datetime import date, datetime, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy import or_, select
from sqlalchemy.orm import defer

from app.attendance.choices import PunchState
from app.attendance.days import hours_of
from app.attendance.models import Punch
from app.attendance.views.legs import midnight
from app.attendance.views.punch_cells import facts_about, gate_of, state_badge
from app.attendance.views.punches import offers
from app.core import clock, scope
from app.core.columns.base import spec_of
from app.core.work_dates import NIGHT
from app.extensions import db
from app.permissions import Area


def head_of(worker: Any, on: date, row: Any) -> dict[str, Any]:
    buttons = []
    if scope.current().can("write", Area.ATTENDANCE) and on <= clock.today():
        buttons.append({
            "label": gettext("Add attendance"), "tone": "primary",
            "url": url_for("CorrectionView.add", worker_ids=worker.id, work_on=on.isoformat()),
        })  # fmt: skip
    numbers = []
    if row is not None:
        numbers = [
            {"label": gettext("Hours"), "value": hours_of(row.seconds), "unit": gettext("hours")},
            {"label": gettext("Punches"), "value": row.punch_count},
            {"label": gettext("Punches missing"), "value": row.missing_count},
        ]
    return {
        "title": f"{worker.name} {on.isoformat()}", "subtitle": worker.worker_no or "",
        "numbers": numbers, "buttons": buttons,
        "note": Markup('<a href="{}">{}</a>').format(
            url_for("ReportPage.index", month=f"{on:%Y-%m}"), gettext("Back to the month")
        ),
    }  # fmt: skip


def sections_of(row: Any) -> list[Any]:
    if row is None:
        return []
    pairs = "、".join(
        f"{_clock(pair[0], row.work_on)}–{_clock(pair[1], row.work_on)}" for pair in row.pairs
    )
    loose = "、".join(
        f"{gettext('In') if inbound else gettext('Out')} {_clock(at, row.work_on)}"
        for at, _id, inbound in row.loose
    )
    kinds = spec_of(Punch, "source").kind
    return [(gettext("The day"), [
        (gettext("Pairs"), pairs), (gettext("Without a counterpart"), loose),
        (gettext("First punch"), _clock(row.first_at.isoformat(), row.work_on)),
        (gettext("Last punch"), _clock(row.last_at.isoformat(), row.work_on)),
        (gettext("Valid day"), gettext("Yes") if row.valid else gettext("No")),
        (gettext("Missing rest taken off"),
         gettext("%(n)s min", n=(row.span_seconds - row.seconds) // 60)),
        (gettext("Sources"), "、".join(str(kinds.show(code)) for code in row.sources)),
    ])]  # fmt: skip


def _clock(raw: str, on: date) -> str:
    at = clock.local(datetime.fromisoformat(raw))
    return f"{at:%H:%M:%S}" if at.date() == on else f"{at:%m-%d %H:%M:%S}"


def rows_of(worker: Any, on: date, row: Any) -> list[dict[str, Any]]:
    punches = _punches(worker, on, row)
    facts = facts_about(punches)
    return [_punch_row(punch, facts) for punch in punches]


def _punches(worker: Any, on: date, row: Any) -> list[Any]:
    """Give the punches of a work date: from 04:00 to 03:59, and those its pairs hold."""
    known = [] if row is None else [i for pair in row.pairs for i in pair[2:]]
    known += [] if row is None else [number for _at, number, _in in row.loose]
    start = midnight(on)
    begin, end = start + NIGHT, start + NIGHT + timedelta(days=1)
    return list(db.session.scalars(
        select(Punch)
        .where(
            Punch.project_id == worker.project_id,
            Punch.id_number_hash.in_([*(worker.former_hashes or ()), worker.id_number_hash]),
            Punch.punched_at >= start - timedelta(days=1),
            Punch.punched_at < start + timedelta(days=3),
            or_(Punch.id.in_(known), (Punch.punched_at >= begin) & (Punch.punched_at < end)),
        )
        .options(defer(Punch.id_number))
        .order_by(Punch.punched_at)
    ))  # fmt: skip


def _punch_row(punch: Any, facts: Any) -> dict[str, Any]:
    state = facts["states"].get(punch.id)
    at = clock.local(punch.punched_at)
    values: list[tuple[str, Any]] = [
        (gettext("Punched at"), f"{at:%Y-%m-%d %H:%M:%S}"),
        (gettext("Direction"), _shown(punch, "direction")),
        (gettext("Way of passing"), _shown(punch, "attend_method")),
        (gettext("Device"), gate_of(punch)),
        (gettext("Similarity"), _shown(punch, "similarity")),
        (gettext("Photo"), _shown(punch, "photo_id")),
        (gettext("Source"), _shown(punch, "source")),
        (gettext("State"), state_badge(*state) if state else state_badge(PunchState.VALID)),
    ]
    cells = [{"name": str(n), "label": label, "html": html, "primary": n == 0,
              "numeric": False, "url": None, "card": None}
             for n, (label, html) in enumerate(values)]  # fmt: skip
    actions = offers(punch, state[0]) if state else []
    return {"id": punch.id, "cells": cells, "actions": actions, "selectable": False}


def _shown(punch: Any, name: str) -> Any:
    return spec_of(Punch, name).kind.show(getattr(punch, name))
