"""Tables of the identity domain: accounts and the sites a limited account may enter."""

from typing import Any

from flask_appbuilder.security.sqla.models import User
from flask_babel import lazy_gettext as _
from sqlalchemy import BigInteger, Boolean, DateTime, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core import scope
from app.core.columns import Codes, Date, Flag, Ref, Text, column
from app.core.models import ProjectRow
from app.projects.models import ProjectUnit


class Account(User):
    """One login. ``audience`` says which database role it works under (D2)."""

    __tablename__ = "ab_user"

    audience: Mapped[Any | None] = mapped_column(String(20), nullable=False, server_default="app_login")
    enterprise_id: Mapped[Any | None] = mapped_column(ForeignKey("enterprise.id"))
    # limited accounts see only the sites named in SiteAccess, not their whole enterprise
    limited: Mapped[Any | None] = mapped_column(Boolean, nullable=False, server_default="false")
    district_code: Mapped[Any | None] = mapped_column(String(6))
    mobile: Mapped[Any | None] = mapped_column(String(11))
    locked_until: Mapped[Any | None] = mapped_column(DateTime(timezone=True))
    first_failure_at: Mapped[Any | None] = mapped_column(DateTime(timezone=True))
    password_changed_at: Mapped[Any | None] = mapped_column(DateTime(timezone=True))
    must_change_password: Mapped[Any | None] = mapped_column(Boolean, nullable=False, server_default="false")
    session_epoch: Mapped[Any | None] = mapped_column(Integer, nullable=False, server_default="1")
    valid_to: Mapped[Any | None] = mapped_column(DateTime(timezone=True))

    def get_full_name(self) -> str:
        """Give the name the Chinese way: family name first, no blank."""
        return f"{self.last_name or ''}{self.first_name or ''}"


class SiteAccess(ProjectRow):
    """A login's right on one project: its unit, and where it may write (screens.md 2.5, 8.4)."""

    __scope__ = scope.by_project_unit()
    __picker__ = ("username",)
    __table_args__ = (UniqueConstraint("project_id", "user_id", "unit_id"),)

    user_id: Mapped[Any | None] = mapped_column(Integer, nullable=False, index=True)
    username: Mapped[Any] = column(Text(64), label=_("Sign-in name"), readonly=True)
    unit_id: Mapped[Any] = column(Ref(ProjectUnit), label=_("Unit"), nullable=False)
    enterprise_id: Mapped[Any | None] = mapped_column(BigInteger, index=True)
    whole_project: Mapped[Any] = column(Flag, label=_("The whole project"), nullable=False, default=False)
    can_write: Mapped[Any] = column(Codes("write_area"), label=_("May write"))
    valid_to: Mapped[Any] = column(Date, label=_("Valid to"))
    active: Mapped[Any] = column(Flag, label=_("Active"), nullable=False, default=True)
