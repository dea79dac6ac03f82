"""Tables of the identity domain: accounts and the sites a limited account may enter."""

from typing import Any

from flask_appbuilder.security.sqla.models import Role, User
from flask_babel import lazy_gettext as _
from sqlalchemy import BigInteger, Boolean, DateTime, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core import scope
from app.core.columns import Codes, ColumnSpec, Date, Flag, Mobile, Ref, Text, column
from app.core.models import Entity, ProjectRow
from app.projects.models import ProjectUnit


class Account(User):
    """One login. ``audience`` says which database role it works under (D2)."""

    __tablename__ = "ab_user"

    audience: Mapped[Any | None] = mapped_column(
        String(20), nullable=False, server_default="app_login"
    )
    enterprise_id: Mapped[Any | None] = mapped_column(ForeignKey("enterprise.id"))
    # limited accounts see only the sites named in SiteAccess, not their whole enterprise
    limited: Mapped[Any | None] = mapped_column(Boolean, nullable=False, server_default="false")
    district_code: Mapped[Any | None] = mapped_column(String(6))
    mobile: Mapped[Any | None] = mapped_column(
        String(11), info={"spec": ColumnSpec(Mobile(), _("Mobile"))}
    )
    # the whole enterprise is disabled: nobody of it signs in until it is enabled again
    suspended: Mapped[Any | None] = mapped_column(Boolean, nullable=False, server_default="false")
    password_changed_at: Mapped[Any | None] = mapped_column(DateTime(timezone=True))
    must_change_password: Mapped[Any | None] = mapped_column(
        Boolean, nullable=False, server_default="false"
    )
    session_epoch: Mapped[Any | None] = mapped_column(Integer, nullable=False, server_default="1")
    valid_to: Mapped[Any | None] = mapped_column(DateTime(timezone=True))

    def __str__(self) -> str:
        return str(self.username)

    def get_full_name(self) -> str:
        """Give the name the Chinese way: family name first, no blank."""
        return f"{self.last_name or ''}{self.first_name or ''}"


# the framework's own columns, declared as the screens read them
User.__table__.c.username.info["spec"] = ColumnSpec(Text(64), _("Sign-in name"), readonly=True)
User.__table__.c.last_name.info["spec"] = ColumnSpec(Text(64), _("Real name"), readonly=True)
Role.__table__.c.name.info["spec"] = ColumnSpec(Text(64), _("Name"), readonly=True)


class SiteAccess(ProjectRow):
    """A login's right on one project: its unit, and where it may write (screens.md 2.5, 8.4)."""

    __scope__ = scope.by_project_unit()
    __picker__ = ("username",)
    __table_args__ = (UniqueConstraint("project_id", "user_id", "unit_id"),)

    user_id: Mapped[Any | None] = mapped_column(Integer, nullable=False, index=True)
    username: Mapped[Any] = column(Text(64), label=_("Sign-in name"), readonly=True)
    unit_id: Mapped[Any] = column(Ref(ProjectUnit), label=_("Unit"), nullable=False)
    enterprise_id: Mapped[Any | None] = mapped_column(BigInteger, index=True)
    whole_project: Mapped[Any] = column(
        Flag, label=_("The whole project"), nullable=False, default=False
    )
    # the role on this site; none: that of the account
    role: Mapped[Any | None] = mapped_column(String(32))
    # no list: whatever the role may; an empty one: nothing
    can_write: Mapped[Any] = column(Codes("write_area"), label=_("May write"))
    valid_to: Mapped[Any] = column(Date, label=_("Valid to"))
    active: Mapped[Any] = column(Flag, label=_("Active"), nullable=False, default=True)


class SignInFailure(Entity):
    """Failed attempts under one sign-in name, whether an account has it or not (screens.md 2.1).

    Counting by the name as typed makes the lock say nothing about which names exist.
    """

    __scope__ = scope.system_only("counted by the signing-in service before anybody is known")
    __audited__ = False
    __picker__ = ("name_hash",)

    name_hash: Mapped[Any | None] = mapped_column(String(64), nullable=False, unique=True)
    failures: Mapped[Any | None] = mapped_column(Integer, nullable=False, default=0)
    first_at: Mapped[Any | None] = mapped_column(DateTime(timezone=True), nullable=False)
    locked_until: Mapped[Any | None] = mapped_column(DateTime(timezone=True))
