"""The link by which an invited enterprise that is not registered yet registers (5.2, 2.2)."""

from flask import current_app, render_template, url_for
from markupsafe import Markup

from app.enterprises import tokens
from app.projects.choices import LABOUR, PROFESSIONAL, UnitState
from app.projects.models import ProjectUnit

PROPOSED = {PROFESSIONAL: "professional_subcontractor", LABOUR: "labour_subcontractor"}


def registration_note(row: ProjectUnit) -> Markup:
    """Draw the link with its button for copying; empty once the enterprise is registered.

    It holds the code, the name and the type of the invitation, and nothing else.
    """
    if (
        row.state is not UnitState.WAITING_REGISTRATION
        or "RegistrationPage.invited" not in current_app.view_functions
    ):
        return Markup()
    proof = tokens.invite(row.credit_code or "", row.name, PROPOSED[row.unit_role])
    url = url_for("RegistrationPage.invited", token=proof, _external=True)
    return Markup(  # noqa: S704 - the template escapes
        render_template("projects/registering.html", url=url)
    )
