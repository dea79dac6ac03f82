"""Tables of the roster: persons, stays, teams, movements, papers, trainings, staff."""

import app.roster.models.readings  # noqa: F401 - listens to what is written of stays
from app.roster.models.contracts import Contract
from app.roster.models.corrections import PersonCorrection
from app.roster.models.memberships import TeamMembership
from app.roster.models.papers import Certificate, Movement
from app.roster.models.persons import Person
from app.roster.models.releases import StayRelease
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
from app.roster.models.visitors import VisitorPass
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
    "PersonCorrection",
    "PostReplacement",
    "ProjectWorker",
    "StaffMember",
    "StayRelease",
    "Team",
    "TeamMembership",
    "Trainee",
    "Training",
    "VisitorPass",
]
