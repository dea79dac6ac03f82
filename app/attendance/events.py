"""What attendance tells the domains above it."""

from app.core.events import Event

punches_stored = Event("attendance.punches_stored")
"""Sent with project_id, person_ids and dates (a set of work dates) once days are computed, and with
person_hashes where the persons' document hashes are known already."""

hours_limit_asked = Event("attendance.hours_limit_asked")
"""Asked with project=; an answer is the most hours a person may work there on one day."""
