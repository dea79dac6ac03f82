"""Verbs of the roster: teams, workers, entry and exit, staff on posts."""

from app.roster.services.attendances import record_attendances
from app.roster.services.carrying import take_city_name
from app.roster.services.certificates import (
    drop_certificate,
    edit_certificate,
    record_certificates,
    replace_certificates,
    verify_certificate,
)
from app.roster.services.contracts import begin_due_contracts, sign_contracts
from app.roster.services.corrections import (
    ask_correction,
    decide_correction,
    dispute_correction,
    put_due_in_force,
    withdraw_correction,
)
from app.roster.services.edits import edit_misfits, edit_worker
from app.roster.services.enrolment import check_workers, enrol_workers, misfits
from app.roster.services.keyed import keeps
from app.roster.services.leaving import end_due_posts, end_posts, exit_staff
from app.roster.services.merging import merge_persons
from app.roster.services.movement_rows import record_movement_rows, take_back_movements
from app.roster.services.movements import (
    begin_with_punch,
    enter_due_stays,
    exit_team,
    record_movements,
    withdraw_entry,
)
from app.roster.services.named import open_named_login, waiting_logins
from app.roster.services.reassigning import is_manager, reassign_workers
from app.roster.services.releases import answer_release, ask_release, close_due_releases
from app.roster.services.renewing import begins_otherwise, take_back_renewals
from app.roster.services.replacements import (
    change_replacement,
    decide_replacement,
    request_replacement,
    withdraw_replacement,
)
from app.roster.services.staff import (
    add_staff,
    draft_staff,
    drop_drafts,
    edit_staff,
    staff_misfits,
)  # fmt: skip
from app.roster.services.staff_rows import record_staff, take_back_staff
from app.roster.services.taking_back import (
    give_lead_back,
    leads_before,
    take_back_workers,
)
from app.roster.services.team_rows import record_teams, take_back_teams
from app.roster.services.teams import add_teams, edit_team, management_team
from app.roster.services.trainings import drop_training, edit_training, grade, record_trainings
from app.roster.services.updating import update_workers
from app.roster.services.visitors import edit_visitor, register_visitor, see_off, void_visitor

__all__ = [
    "add_staff",
    "add_teams",
    "answer_release",
    "ask_correction",
    "ask_release",
    "begin_due_contracts",
    "begin_with_punch",
    "begins_otherwise",
    "change_replacement",
    "check_workers",
    "close_due_releases",
    "decide_correction",
    "decide_replacement",
    "dispute_correction",
    "draft_staff",
    "drop_certificate",
    "drop_drafts",
    "drop_training",
    "edit_certificate",
    "edit_misfits",
    "edit_staff",
    "edit_team",
    "edit_training",
    "edit_visitor",
    "edit_worker",
    "end_due_posts",
    "end_posts",
    "enrol_workers",
    "enter_due_stays",
    "exit_staff",
    "exit_team",
    "give_lead_back",
    "grade",
    "is_manager",
    "keeps",
    "leads_before",
    "management_team",
    "merge_persons",
    "misfits",
    "open_named_login",
    "put_due_in_force",
    "reassign_workers",
    "record_attendances",
    "record_certificates",
    "record_movement_rows",
    "record_movements",
    "record_staff",
    "record_teams",
    "record_trainings",
    "register_visitor",
    "replace_certificates",
    "request_replacement",
    "see_off",
    "sign_contracts",
    "staff_misfits",
    "take_back_movements",
    "take_back_renewals",
    "take_back_staff",
    "take_back_teams",
    "take_back_workers",
    "take_city_name",
    "update_workers",
    "verify_certificate",
    "void_visitor",
    "waiting_logins",
    "withdraw_correction",
    "withdraw_entry",
    "withdraw_replacement",
]  # fmt: skip
