"""Writes of the project domain: applying, reviewing, inviting, permits."""

from app.projects.services.applications import (
    apply_for_project,
    misfits,
    save_project,
    submit_project,
    withdraw_project,
)
from app.projects.services.exits import exit_unit, whole_project
from app.projects.services.invitations import (
    accept_invitation,
    change_unit,
    decline_invitation,
    expire_invitations,
    invite_again,
    invite_unit,
    link_registered,
    unit_warnings,
    withdraw_invitation,
)
from app.projects.services.numbers import claim_city_key, draw_number, release_city_key
from app.projects.services.particulars import PARTICULARS, take_particulars
from app.projects.services.permits import add_permit, change_permit, permit_warnings, remove_permit
from app.projects.services.renaming import carry_names
from app.projects.services.reviews import (
    approve_project,
    reject_project,
    return_project,
    start_project,
)
from app.projects.services.site_settings import SETTINGS, change_settings, may_set
from app.projects.services.snapshots import answers_marks
from app.projects.services.unit_rows import record_units, take_back_units

__all__ = [
    "PARTICULARS",
    "SETTINGS",
    "accept_invitation",
    "add_permit",
    "answers_marks",
    "apply_for_project",
    "approve_project",
    "carry_names",
    "change_permit",
    "change_settings",
    "change_unit",
    "claim_city_key",
    "decline_invitation",
    "draw_number",
    "exit_unit",
    "expire_invitations",
    "invite_again",
    "invite_unit",
    "link_registered",
    "may_set",
    "misfits",
    "permit_warnings",
    "record_units",
    "reject_project",
    "release_city_key",
    "remove_permit",
    "return_project",
    "save_project",
    "start_project",
    "submit_project",
    "take_back_units",
    "take_particulars",
    "unit_warnings",
    "whole_project",
    "withdraw_invitation",
    "withdraw_project",
]
