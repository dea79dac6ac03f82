"""企业信息 as site systems send it, of enterprises that have not registered (open-api.md 9.1)."""

from typing import Any

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core import scope
from app.core.columns.secrets import Packed
from app.core.models import ProjectRow


class UploadedCompany(ProjectRow):
    """One company as the site system of one project knows it; it fills in no registration."""

    __scope__ = scope.by_project()
    __picker__ = ("company_name",)
    __table_args__ = (UniqueConstraint("project_id", "credit_code"),)

    credit_code: Mapped[Any] = mapped_column(String(18), nullable=False)
    company_name: Mapped[Any] = mapped_column(String(200), nullable=False)
    content: Mapped[Any | None] = mapped_column(Packed())
