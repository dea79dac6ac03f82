"""Writes of attendance: punches, corrections, decisions about them."""

from app.attendance.services.correction_rows import record_corrections
from app.attendance.services.corrections import add_correction, add_proof, decide_correction
from app.attendance.services.decisions import decide_punches, ignore_odd, lock_month
from app.attendance.services.matching import match_stays
from app.attendance.services.naming import name_person
from app.attendance.services.punches import PunchInput, PunchOutcome, record_punches
from app.attendance.services.renewal import join_days, renew_days
from app.attendance.services.undoing import undo_corrections

__all__ = [
    "PunchInput",
    "PunchOutcome",
    "add_correction",
    "add_proof",
    "decide_correction",
    "decide_punches",
    "ignore_odd",
    "join_days",
    "lock_month",
    "match_stays",
    "name_person",
    "record_corrections",
    "record_punches",
    "renew_days",
    "undo_corrections",
]  # fmt: skip
