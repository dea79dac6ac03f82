"""Closed lists of the enterprise domain."""

from app.core.columns import N_, Choice


class EnterpriseType(Choice):
    """企业类型: decides who may apply for projects (screens.md 2.2)."""

    GENERAL_CONTRACTOR = N_("General contractor")
    PROFESSIONAL_SUBCONTRACTOR = N_("Professional subcontractor")
    LABOUR_SUBCONTRACTOR = N_("Labour subcontractor")


class EnterpriseState(Choice):
    """States of a registration and of the enterprise after it (screens.md 20)."""

    DRAFT = N_("Draft")
    SUBMITTED = N_("Waiting for review")
    RETURNED = N_("Returned for changes")
    REJECTED = N_("Not approved")
    APPROVED = N_("Approved")
    DISABLED = N_("Disabled")


class ChangeState(Choice):
    """States of a change request."""

    SUBMITTED = N_("Waiting for review")
    APPROVED = N_("Approved")
    RETURNED = N_("Returned for changes")
    REJECTED = N_("Not approved")
    WITHDRAWN = N_("Withdrawn")
    IN_FORCE = N_("In force")
