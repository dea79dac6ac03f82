"""特种作业: which certificate a trade or duty asks for, and who has none that holds (8.2, 17)."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import and_, any_, exists, false, literal, or_

from app.core import clock, dictionaries
from app.roster.choices import SPECIAL_CERTIFICATE, CertCheck
from app.roster.models import Certificate, ProjectWorker
from app.roster.queries import papers

TABLE = "special_cert_type"
REFUTED = (CertCheck.NOT_FOUND, CertCheck.OTHER_PERSON)


def types_of_trades() -> dict[str, set[str]]:
    """Give the certificate types of which a trade asks for one, as the city keeps them."""
    found: dict[str, set[str]] = {}
    for code, _label in dictionaries.options(TABLE):
        for trade in str(dictionaries.facts(TABLE, code).get("trades") or "").split():
            found.setdefault(trade, set()).add(code)
    return found


def lacking(workers: Iterable[ProjectWorker]) -> dict[int, list[str]]:
    """Give the names of the certificates workers need and have none that holds, by stay."""
    stays, trades = list(workers), types_of_trades()
    needing = [stay for stay in stays if stay.work_type in trades or stay.special_duty]
    held = papers.certificates_of(stay.id for stay in needing)
    found = {}
    for stay in needing:
        valid = {one.special_type for one in held[stay.id] if holds(one)}
        wanted = [trades[stay.work_type]] if stay.work_type in trades else []
        wanted += [{duty} for duty in stay.special_duty or ()]
        missing = {min(types) for types in wanted if not types & valid}
        if missing:
            found[stay.id] = [dictionaries.label(TABLE, code) for code in sorted(missing)]
    return found


def holds(one: Certificate) -> bool:
    """Tell whether a certificate of a special trade is valid and was not found wrong."""
    return (
        one.kind == SPECIAL_CERTIFICATE and one.verify_state not in REFUTED
        and one.valid_to is not None and one.valid_to >= clock.today()
    )  # fmt: skip


def lacks() -> Any:
    """Give the condition of a stay without a certificate its trade or a duty asks for."""
    duties: Any = ProjectWorker.special_duty
    cases: list[Any] = [
        and_(ProjectWorker.work_type == trade, ~_held(types))
        for trade, types in types_of_trades().items()
    ]
    cases += [
        and_(literal(code) == any_(duties), ~_held({code}))
        for code, _label in dictionaries.options(TABLE)
    ]
    return or_(false(), *cases)


def _held(types: set[str]) -> Any:
    return exists().where(
        Certificate.worker_id == ProjectWorker.id, Certificate.is_deleted.is_(False),
        Certificate.kind == SPECIAL_CERTIFICATE, Certificate.special_type.in_(types),
        Certificate.verify_state.not_in(REFUTED), Certificate.valid_to >= clock.today(),
    )  # fmt: skip
