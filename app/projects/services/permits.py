"""施工许可证: several to a project, each number once in the city (screens.md 6)."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext

from app.core import scope
from app.core.columns.base import specs
from app.extensions import db
from app.projects import queries
from app.projects.errors import OutOfOrder, PermitTaken
from app.projects.models import Permit, Project
from app.projects.services.numbers import claim_city_key, release_city_key
from app.projects.states import require

KIND = "permit_no"


def _open(project: Project, actor: scope.Principal) -> None:
    if actor.audience is not scope.Audience.SYSTEM:
        require("permits", project)


def _check(values: Mapping[str, Any]) -> None:
    issued, valid = values.get("issued_on"), values.get("valid_to")
    if issued and valid and valid < issued:
        raise OutOfOrder(
            gettext(
                "%(last)s must come after %(first)s",
                last=specs(Permit)["valid_to"].label, first=specs(Permit)["issued_on"].label,
            ),
            field="valid_to",
        )  # fmt: skip


def add_permit(project: Project, values: Mapping[str, Any], *, actor: scope.Principal) -> Permit:
    """Add a permit to an application; its number must be new in the whole city.

    After the approval permits are a reviewed change, so only drafts and returned
    applications take one here.
    """
    _open(project, actor)
    _check(values)
    row = Permit(
        project_id=project.id,
        **{name: values[name] for name in specs(Permit) if name in values},
    )
    row.permit_name = row.permit_name or project.name
    db.session.add(row)
    db.session.flush()
    if row.permit_no:
        claim_city_key(KIND, row.permit_no, project.id, row.id, refusal=PermitTaken)
    return row


def change_permit(permit: Permit, values: Mapping[str, Any], *, actor: scope.Principal) -> Permit:
    """Change a permit of a draft or returned application."""
    project = db.session.get(Project, permit.project_id)
    _open(project, actor)
    _check(values)
    renumbered = "permit_no" in values and values["permit_no"] != permit.permit_no
    for name in specs(Permit):
        if name in values:
            setattr(permit, name, values[name])
    db.session.flush()
    if renumbered:
        release_city_key(KIND, permit.project_id, permit.id)
        claim_city_key(KIND, permit.permit_no, permit.project_id, permit.id, refusal=PermitTaken)
    return permit


def remove_permit(permit: Permit, *, actor: scope.Principal) -> None:
    """Take a permit out of a draft or returned application; its number is free again."""
    _open(db.session.get(Project, permit.project_id), actor)
    permit.is_deleted = True
    db.session.flush()
    release_city_key(KIND, permit.project_id, permit.id)


def release_permits(project: Project) -> None:
    """Free the numbers of a refused application: its next one names the same permits."""
    for permit in queries.permits(project):
        release_city_key(KIND, project.id, permit.id)


def permit_warnings(permit: Permit, project: Project) -> list[str]:
    """Say what looks odd without being wrong: a price that differs from the project's."""
    if permit.contract_amount is None or permit.contract_amount == project.contract_amount:
        return []
    return [gettext("The contract price of the permit differs from the project's contract amount")]
