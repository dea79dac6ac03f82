"""Reads of reporting upwards: the settings in force, keys of projects, numbers given above."""

from typing import NamedTuple

from sqlalchemy import select

from app.extensions import db
from app.openapi import codes
from app.projects.models import Project
from app.upstream.choices import Standing, Subject
from app.upstream.models import UpstreamCode, UpstreamLink, UpstreamReport, UpstreamSite
from app.upstream.transport import Access

Codes = dict[tuple[str, str], str]


class Site(NamedTuple):
    """A project as the platform above knows it, and the key that opens it there."""

    number: str
    access: Access


def link() -> UpstreamLink | None:
    """Give the settings, None before anybody has opened the page."""
    return db.session.scalars(select(UpstreamLink).order_by(UpstreamLink.id).limit(1)).first()


def subjects_on(settings: UpstreamLink | None) -> list[Subject]:
    """Give what is reported, in the order of docking."""
    chosen = (settings.subjects or []) if settings and settings.enabled else []
    return [subject for subject in Subject if subject.name in chosen]


def site_of(settings: UpstreamLink, project: Project) -> Site:
    """Give number and key of a project: as listed, else its own number and the city's key."""
    listed = db.session.scalars(
        select(UpstreamSite).where(
            UpstreamSite.project_no == project.project_no, UpstreamSite.is_deleted.is_(False)
        )
    ).first()
    number = listed.upper_no if listed else project.project_no
    app_id, secret = settings.app_id, settings.app_secret
    if listed and listed.app_id:
        app_id, secret = listed.app_id, listed.app_secret
    return Site(number, Access(settings.address, app_id, secret, settings.corp_key))


def code_map() -> Codes:
    """Give the codes that differ above: by list and by our code as the wire writes it."""
    rows = db.session.execute(
        select(UpstreamCode.table_name, UpstreamCode.code, UpstreamCode.upper_code).where(
            UpstreamCode.is_deleted.is_(False)
        )
    )
    return {(table, codes.outward(table, code)): upper for table, code, upper in rows}


def report_of(subject: Subject, subject_id: int) -> UpstreamReport | None:
    """Give the report of a record."""
    return db.session.scalars(
        select(UpstreamReport).where(
            UpstreamReport.subject == subject, UpstreamReport.subject_id == subject_id
        )
    ).one_or_none()


def has_arrived(subject: Subject, subject_id: int) -> bool:
    """Tell whether a record is known above."""
    found = report_of(subject, subject_id)
    return found is not None and found.standing is Standing.ARRIVED
