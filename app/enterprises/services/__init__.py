"""Writes of the enterprise domain: registering, reviewing, changing, closing."""

from app.enterprises.services.changes import (
    DIRECT,
    LOCKED,
    QUALIFICATIONS,
    REVIEWED,
    REVIEWED_TOO,
    approve_change,
    change_misfits,
    correct_locked,
    propose_change,
    reject_change,
    request_change,
    return_change,
    waits,
    withdraw_change,
)  # fmt: skip
from app.enterprises.services.registration import (
    COMMITMENT_VERSION,
    misfits,
    register,
    resubmit,
    username_problem,
)  # fmt: skip
from app.enterprises.services.review import (
    approve,
    approve_many,
    disable,
    enable,
    reject,
    return_application,
)  # fmt: skip

__all__ = [
    "COMMITMENT_VERSION", "DIRECT", "LOCKED", "QUALIFICATIONS", "REVIEWED", "REVIEWED_TOO",
    "approve", "approve_change", "approve_many", "change_misfits", "correct_locked", "disable",
    "enable", "misfits", "propose_change", "register", "reject", "reject_change",
    "request_change", "resubmit", "return_application", "return_change", "username_problem",
    "waits", "withdraw_change",
]  # fmt: skip
