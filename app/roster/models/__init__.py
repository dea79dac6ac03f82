"""Tables of the roster: persons, stays, teams, movements, certificates, staff."""

from app.roster.models.papers import Certificate, Movement
from app.roster.models.persons import Person
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
    "Movement",
    "Person",
    "ProjectWorker",
    "StaffMember",
    "Team",
]
