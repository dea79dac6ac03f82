"""What an enterprise is called and coded on its projects once that has changed (screens.md 3)."""

from sqlalchemy import and_, or_, select, update

from app.core import scope
from app.enterprises.models import Enterprise
from app.extensions import db
from app.projects.choices import GENERAL_CONTRACTOR, ProjectState, UnitState
from app.projects.models import Project, ProjectUnit
from app.projects.services.invitations import link_registered

CLOSED = (ProjectState.REJECTED, ProjectState.ARCHIVED)
LEFT = (UnitState.WITHDRAWN, UnitState.EXITED)  # a declined or expired one may be invited again


def carry_names(enterprise_id: int, *, recoded: bool) -> None:
    """Write the present name and code of an enterprise to its units and projects.

    Closed projects and units that have left keep what they were recorded with. A new code
    (``recoded``) is reached by the invitations that waited for it; the database refuses one
    that another unit of the same project has.
    """
    projects, units = Project.__table__, ProjectUnit.__table__
    firms, parents = Enterprise.__table__.c, units.alias("parents")
    going = select(projects.c.id).where(
        projects.c.state.not_in(CLOSED), projects.c.is_deleted.is_(False)
    )
    staying = (
        units.c.project_id.in_(going), units.c.state.not_in(LEFT), units.c.is_deleted.is_(False),
    )  # fmt: skip
    own = units.c.enterprise_id == enterprise_id
    below = units.c.parent_id.in_(
        select(parents.c.id).where(parents.c.enterprise_id == enterprise_id)
    )
    with scope.system_scope("an enterprise has another name or code") as connection:
        name, code = connection.execute(
            select(firms.name, firms.credit_code).where(firms.id == enterprise_id)
        ).one()
        connection.execute(
            update(units)
            .where(*staying, own, or_(units.c.name != name, units.c.credit_code != code))
            .values(name=name, credit_code=code, row_version=units.c.row_version + 1)
        )
        connection.execute(
            update(units)
            .where(
                *staying, units.c.inviter_name != name,
                or_(below, and_(own, units.c.unit_role == GENERAL_CONTRACTOR)),
            )
            .values(inviter_name=name, row_version=units.c.row_version + 1)
        )  # fmt: skip
        connection.execute(
            update(projects)
            .where(
                projects.c.id.in_(going), projects.c.general_contractor_id == enterprise_id,
                projects.c.general_contractor_name != name,
            )
            .values(general_contractor_name=name, row_version=projects.c.row_version + 1)
        )  # fmt: skip
    for row in db.session.identity_map.values():
        if isinstance(row, (Project, ProjectUnit)):
            db.session.expire(row)
    if recoded:
        link_registered(enterprise_id, code, name)
