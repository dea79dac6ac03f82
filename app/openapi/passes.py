"""Which vendor's software has passed the self-test: once, for all its projects (screens.md 7.4)."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.core import checks, clock, scope
from app.openapi.models import SoftwarePass

MOST = 100


def _key(text: str | None) -> str:
    return "".join(checks.fold_text(text or "").lower().split())[:MOST]


def has_passed(vendor: str | None, software: str | None, credit_code: str | None = None) -> bool:
    """Tell whether a vendor's software has passed, whatever its version.

    Names are compared folded; where both sides know the vendor's credit code, it decides too.
    """
    rows = SoftwarePass.__table__.c
    with scope.system_scope("a vendor's software that has passed the self-test") as connection:
        found = connection.execute(
            select(rows.vendor_credit_code).where(
                rows.vendor_key == _key(vendor), rows.software_key == _key(software),
                rows.is_deleted.is_(False),
            )
        ).first()  # fmt: skip
    if found is None:
        return False
    return not (found[0] and credit_code) or found[0] == credit_code


def record(
    vendor: str, software: str, version: str | None = None, credit_code: str | None = None
) -> None:
    """Keep that a vendor's software has passed; the first pass stays."""
    values: dict[str, Any] = {
        "vendor_name": vendor, "vendor_credit_code": credit_code, "software": software,
        "software_version": version, "vendor_key": _key(vendor), "software_key": _key(software),
        "passed_at": clock.now(), "source": scope.Door.SYSTEM.value,
    }  # fmt: skip
    with scope.system_scope("a vendor's software passes the self-test") as connection:
        connection.execute(
            insert(SoftwarePass)
            .values(**values)
            .on_conflict_do_nothing(index_elements=["vendor_key", "software_key"])
        )
