"""Tables of the roster: persons, stays, teams, movements, papers, trainings, staff."""

from app.roster.models.contracts import Contract
from app.roster.models.memberships import TeamMembership
from app.roster.models.papers import Certificate, Movement
from app.roster.models.persons import Person
from app.roster.models.replacements import PostReplacement
from app.roster.models.shared import (
    BELONGING,
    CARD,
    CONTACT,
    CONTRACT,
    ENTRY,
    IDENTITY,
    INSURANCE,
    REMARK,
    TRAINING,
)
from app.roster.models.staff import StaffMember
from app.roster.models.teams import Team
from app.roster.models.trainings import Trainee, Training
from app.roster.models.workers import ProjectWorker

__all__ = [
    "BELONGING",
    "CARD",
    "CONTACT",
    "CONTRACT",
    "ENTRY",
    "IDENTITY",
    "INSURANCE",
    "REMARK",
    "TRAINING",
    "Certificate",
    "Contract",
    "Movement",
    "Person",
    "PostReplacement",
    "ProjectWorker",
    "StaffMember",
    "Team",
    "TeamMembership",
    "Trainee",
    "Training",
]
