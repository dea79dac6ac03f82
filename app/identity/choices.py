"""Closed lists of the identity domain."""

from app.core.columns import N_, Choice


class SubRole(Choice):
    """What a sub-account may be (screens.md 2.5); the lower-case name is the role's."""

    LABOUR_MANAGER = N_("Labour manager of a project")
    PROJECT_STAFF = N_("Project staff")
    CLERK = N_("Data entry clerk")

    @property
    def role(self) -> str:
        """Give the name of the role."""
        return self.name.lower()


class OfficialRole(Choice):
    """What an official may be (screens.md 1); the lower-case name is the role's."""

    CITY_ADMIN = N_("City administrator")
    DISTRICT_REVIEWER = N_("District reviewer")
    INSPECTOR = N_("Labour inspector")
    LEADER = N_("Overview for leaders")
    EDITOR = N_("Content editor")
    SYS_ADMIN = N_("System administrator")

    @property
    def role(self) -> str:
        """Give the name of the role."""
        return self.name.lower()
