"""Refusals of the roster; each says what is wrong and how to mend it (screens.md 19)."""

from flask_babel import gettext

from app.core import checks, dictionaries
from app.core.errors import Refusal, Refusals


class RosterRefusal(Refusal):
    """A refusal about one row of a list; ``row`` is its place in the list, from 0."""

    row = 0


class Missing(RosterRefusal):
    """A value this door demands is empty."""


class UnitNotHere(RosterRefusal):
    """The unit is none of this project, or another enterprise's."""

    def __init__(self) -> None:
        super().__init__(
            gettext("This company is not yours on this project: choose it from the list"),
            field="unit_id",
        )


class UnitWithoutWorkers(RosterRefusal):
    """Owner, supervisor, surveyor and designer have staff on posts, no workers (8.1, 8.2, 8.4)."""

    def __init__(self, name: str, role: str) -> None:
        super().__init__(
            gettext("“%(unit)s” is here as %(role)s and has no teams and workers: choose a"
                    " contractor, or add the person among specialists or management staff",
                    unit=name, role=role),
            field="unit_id",
        )  # fmt: skip


class UnitNotOnSite(RosterRefusal):
    """The unit declined, left, or was withdrawn; it takes no new rows (screens.md 5.2)."""

    def __init__(self, name: str, state: str) -> None:
        super().__init__(
            gettext("“%(unit)s” is %(state)s and takes no new people: choose another unit or invite"
                    " it again", unit=name, state=state),
            field="unit_id",
        )  # fmt: skip


class TeamNotHere(RosterRefusal):
    """The team is none of the chosen unit."""

    def __init__(self) -> None:
        super().__init__(
            gettext("This team does not belong to the chosen company: choose a team of its list"),
            field="team_id",
        )


class TeamExited(RosterRefusal):
    """The team has left the site."""

    def __init__(self, name: str) -> None:
        super().__init__(
            gettext("The team “%(name)s” has left the site: choose another team", name=name),
            field="team_id",
        )


class TeamNameTaken(RosterRefusal):
    """A team of this name exists in the unit; ``team_no`` is its number."""

    def __init__(self, name: str, team_no: int | None = None) -> None:
        self.team_no = team_no
        super().__init__(
            gettext("The team “%(name)s” exists already in this unit: choose another name",
                    name=name),
            field="name",
        )  # fmt: skip


class TeamTwiceInList(RosterRefusal):
    """The same team of one unit stands twice in one list."""

    def __init__(self, name: str) -> None:
        super().__init__(
            gettext("The team “%(name)s” stands twice in this list: leave one of the rows out",
                    name=name),
            field="name",
        )  # fmt: skip


class TeamNameReserved(RosterRefusal):
    """项目管理部 is the team of the management staff."""

    def __init__(self, name: str) -> None:
        super().__init__(
            gettext("The name “%(name)s” is reserved for the management staff: choose another",
                    name=name),
            field="name",
        )  # fmt: skip


class DateRefused(RosterRefusal):
    """A date outside what the rule allows; the sentence names the bound."""


class AlreadyOnProject(RosterRefusal):
    """The person has a live stay on this project."""

    def __init__(self, id_type: str, id_number: str) -> None:
        self.id_number = id_number
        super().__init__(
            gettext("The holder of this document (%(kind)s %(number)s) is on this project already:"
                    " look him up in the list of workers, edit him there or change his team",
                    kind=dictionaries.label("id_type", id_type),
                    number=checks.mask_identity(id_number)),
            field="id_number",
        )  # fmt: skip


class InAnotherTeam(RosterRefusal):
    """A row of a sheet puts somebody into a team while he is in another team of the project."""

    def __init__(self, name: str, unit: str, team: str) -> None:
        super().__init__(
            gettext("“%(name)s” is in the team “%(team)s” of “%(unit)s”: give that team, or move"
                    " him by the button “Change the team”; whoever changes his employer leaves"
                    " there first (sheet T5) and comes back in this sheet",
                    name=name, team=team, unit=unit),
            field="team_id",
        )  # fmt: skip


class WithAnotherUnit(RosterRefusal):
    """A row of a sheet names somebody whom another unit of the project has on site."""

    def __init__(self, name: str) -> None:
        super().__init__(
            gettext("Another unit of this project has “%(name)s” on its roster: it records his"
                    " exit first (by the list of workers or sheet T5), ask it or the general"
                    " contractor", name=name),
            field="id_number",
        )  # fmt: skip


class TwiceInList(RosterRefusal):
    """The same number stands twice in one list."""

    def __init__(self, id_number: str, masked: str) -> None:
        self.id_number = id_number
        super().__init__(
            gettext("The number %(number)s stands twice in this list: leave one of the rows out",
                    number=masked),
            field="id_number",
        )  # fmt: skip


class PostTwiceInList(RosterRefusal):
    """Two rows of one list put different people on a post of one unit that only one can hold."""

    def __init__(self, post: str) -> None:
        super().__init__(
            gettext("Only one person of a unit can be on the post “%(post)s”, and another row of"
                    " this list names one: leave one of them out", post=post),
            field="post",
        )  # fmt: skip


class LeaderTaken(RosterRefusal):
    """The team has a leader."""

    def __init__(self, team: str, leader: str) -> None:
        super().__init__(
            gettext("The team “%(team)s” has the leader %(leader)s already: change the leader of"
                    " the team first", team=team, leader=leader),
            field="is_team_leader",
        )  # fmt: skip


class CardTaken(RosterRefusal):
    """The wage card belongs to another person in the city (PERS-007 b)."""

    def __init__(self) -> None:
        super().__init__(
            gettext("This wage card is registered for another person: enter the worker's own card"),
            field="bank_card_no",
        )


class ValueTaken(RosterRefusal):
    """A value that is unique on the project is in use."""


class ReasonNeeded(RosterRefusal):
    """Adding goes on only with a reason in words."""

    def __init__(self, why: str) -> None:
        super().__init__(
            gettext("%(why)s. To continue, give the reason", why=why), field="join_reason"
        )


class MovementRefused(RosterRefusal):
    """The entry or exit does not follow from the present state of the stay."""


class PostTaken(RosterRefusal):
    """Somebody is on this post, which only one person holds at a time."""

    def __init__(self, post: str, name: str) -> None:
        super().__init__(
            gettext("%(name)s is on the post “%(post)s”: choose “Replace” on his page", name=name,
                    post=post),
            field="post",
        )  # fmt: skip


class PostDrafted(RosterRefusal):
    """The application or invitation names somebody for this post, who waits as a draft."""

    def __init__(self, post: str, name: str) -> None:
        super().__init__(
            gettext("%(name)s is named for the post “%(post)s” and waits as a draft: complete that"
                    " draft, or enter the other person in it", name=name, post=post),
            field="post",
        )  # fmt: skip


class NotOnRoster(RosterRefusal):
    """No live stay of this person on the project that the actor may keep papers of."""

    def __init__(self, field: str = "id_number") -> None:
        super().__init__(
            gettext("Nobody of this project has this document: register the worker first, or"
                    " compare type and number with his card"),
            field=field,
        )  # fmt: skip


class PaperRefused(RosterRefusal):
    """A contract, training or certificate that does not fit; the sentence says why."""


class VisitRefused(RosterRefusal):
    """A visitor's pass that does not fit (8.6); the sentence says why and what to do."""


class SuccessionAsked(RosterRefusal):
    """Who follows on a single post is asked for on the page of its last holder (8.4)."""

    def __init__(self, post: str, name: str, *, reviewed: bool) -> None:
        words = (
            gettext("%(name)s was “%(post)s” of this unit: choose “Replace” on his page, so that"
                    " the successor is reviewed", name=name, post=post)
            if reviewed else
            gettext("%(name)s was “%(post)s” of this unit: choose “Replace” on his page and give"
                    " the reason with its file", name=name, post=post)
        )  # fmt: skip
        super().__init__(words, field="post")


class AnotherThanNamed(RosterRefusal):
    """The draft of a reviewed post is completed with somebody the review never saw (8.4)."""

    def __init__(self, post: str, name: str, field: str) -> None:
        super().__init__(
            gettext("%(name)s was named and reviewed for the post “%(post)s”: complete the draft"
                    " with this person, or choose “Replace” on the page of the draft",
                    name=name, post=post),
            field=field,
        )  # fmt: skip


class ReplacementPending(RosterRefusal):
    """A request to replace this person is not decided yet."""

    def __init__(self, name: str) -> None:
        super().__init__(
            gettext("A request to replace %(name)s is open already: withdraw or finish it first",
                    name=name)
        )  # fmt: skip


class NotReplaceable(RosterRefusal):
    """This post is held by several, or somebody else is on it."""


class NotEditable(RosterRefusal):
    """A value that this form may not change."""


class ReleaseRefused(RosterRefusal):
    """The exit elsewhere cannot be asked for, or the request not be answered (8.2, 释放)."""


class CorrectionRefused(RosterRefusal):
    """A correction of a person cannot be asked for, disputed or decided as it stands (8.5)."""


class MergeRefused(CorrectionRefused):
    """Two persons cannot be merged as they stand (8.5)."""


class NumberOfAnother(CorrectionRefused):
    """The new number belongs to another person of the city; the district merges the two (8.5)."""

    def __init__(self, *, asked: bool = False) -> None:
        words = gettext("This number is registered for another person in the city and is not taken"
                        " over: the district merges the two where they are one person")  # fmt: skip
        if asked:
            words += gettext(". Choose “Yes” under “Hand to the district” below and submit again")
        super().__init__(words, field="new_id_number")


def each(problem: Refusal) -> list[Refusal]:
    """Give the single refusals of one or several."""
    return list(problem.problems) if isinstance(problem, Refusals) else [problem]
