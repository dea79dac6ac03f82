"""Posts as a list brings them: added, completed, changed, and taken back again (14, T4)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import select

from app.core import checks, clock, dictionaries, names, scope
from app.core.columns.base import specs
from app.core.errors import Refusal, refuse_all
from app.extensions import db
from app.identity.queries import awaits_first_use
from app.projects.models import Project, ProjectUnit
from app.roster import queries
from app.roster.choices import StaffState
from app.roster.errors import PostTwiceInList, TwiceInList, each
from app.roster.models import ProjectWorker, StaffMember
from app.roster.services import due
from app.roster.services.doors import door_of, taken
from app.roster.services.keyed import Keyed, Recorded, at, compare_names, forgive
from app.roster.services.logins import LIMITS, close_login, follow_edit
from app.roster.services.places import Places
from app.roster.services.posts import single
from app.roster.services.rules import CARD_DOCUMENT
from app.roster.services.staff import FIXED, add_staff, edit_staff, post_problems
from app.roster.services.taking_back import take_back_workers
from app.roster.states import STAFF_FLOW

Values = Mapping[str, Any]
STAY_MADE, LOGIN_MADE = "stay_made", "login_made"


def record_staff(
    project: Project, rows: Iterable[Values], *, actor: scope.Principal
) -> list[Recorded]:
    """Put people on posts, all or none; gives what became of each row, in order.

    A person on the post already is changed, the draft of who is named for it completed. A row
    with a sign-in name opens a login; ``initial_password`` of its post is there this once.
    Refusals carry ``row``.
    """
    given = [_given(row) for row in rows]
    found = [_present(project, row) for row in given]
    refuse_all(list(_problems(project, given, found, actor)))
    made, problems, held = [], [], _Held()
    for index, (row, present) in enumerate(zip(given, found, strict=True)):
        if clash := held.clash(row):
            problems.append(at(clash, index))
            continue
        try:
            made.append(_record(project, row, present, actor))
        except Refusal as problem:
            refuse_all([*problems, *(at(one, index) for one in each(problem))])
        held.note(row)
    refuse_all(problems)
    return made


def _given(row: Values) -> dict[str, Any]:
    kept = taken(StaffMember, row)
    if kept.get("username"):
        kept["has_account"] = True
    kept.setdefault("id_type", CARD_DOCUMENT)
    return kept


def _present(project: Project, row: Values) -> StaffMember | None:
    """Give the post a row is about: of the same document, or the draft of who is named for it."""
    posts = db.session.scalars(
        select(StaffMember)
        .where(
            StaffMember.project_id == project.id, StaffMember.post == row.get("post"),
            StaffMember.unit_id == row.get("unit_id"), StaffMember.state != StaffState.EXITED,
            StaffMember.is_deleted.is_(False), queries.not_successor(),
        )
        .order_by(StaffMember.state.desc(), StaffMember.id)
    ).all()  # fmt: skip
    key = _key(row)
    for post in posts:
        if post.id_number and queries.key_of(post.id_type or CARD_DOCUMENT, post.id_number) == key:
            return post
    for post in posts:
        named = post.state is StaffState.DRAFT and not post.id_number
        if named and names.same_name(post.name, row.get("name") or ""):
            return post
    return None


def _key(row: Values) -> Any:
    try:
        number = checks.document_number(row["id_type"], row.get("id_number") or "", clock.today())
    except (checks.Invalid, TypeError, AttributeError):
        number = row.get("id_number") or ""
    return queries.key_of(row["id_type"], number)


def _problems(
    project: Project, given: list[dict[str, Any]], found: list[StaffMember | None],
    actor: scope.Principal,
) -> Iterator[Refusal]:  # fmt: skip
    places, door = Places(project, given, actor), door_of(actor)
    for index, (row, present) in enumerate(zip(given, found, strict=True)):
        whole = row if present is None else _merged(present, row)
        for problem in post_problems(project, whole, places, door, present):
            yield at(problem, index)


def _merged(present: StaffMember, row: Values) -> dict[str, Any]:
    """Give a known post with what a row says about it; its document and name stay."""
    fixed = () if present.state is StaffState.DRAFT else FIXED
    changes = {name: value for name, value in row.items() if name not in fixed}
    if present.user_id:
        changes.pop("username", None)  # a login keeps its name
    return {**{name: getattr(present, name) for name in specs(StaffMember)}, **changes}


class _Held:
    """The posts the rows of a list have taken so far; a row in error never takes one."""

    def __init__(self) -> None:
        self._people: dict[Any, Any] = {}

    def clash(self, row: Values) -> Refusal | None:
        """Give why a row cannot have its post beside those before it."""
        place, person = self._place(row), _key(row)
        if place not in self._people:
            return None
        if self._people[place] == person:
            number = row.get("id_number") or ""
            return TwiceInList(number, checks.mask_identity(number))
        return PostTwiceInList(dictionaries.label("post", row.get("post") or ""))

    def note(self, row: Values) -> None:
        """Remember who has taken a post."""
        self._people[self._place(row)] = _key(row)

    @staticmethod
    def _place(row: Values) -> Any:
        post, unit = row.get("post") or "", row.get("unit_id")
        return (post, unit) if single(post) else (post, unit, _key(row))


def _record(
    project: Project, row: dict[str, Any], present: StaffMember | None, actor: scope.Principal
) -> Recorded:
    if present is None:
        post = add_staff(project, row["staff_kind"], row, actor=actor)
        before = {STAY_MADE: bool(post.stay_made), LOGIN_MADE: bool(post.initial_password)}
        return Recorded(post, new=True, changed=True, before=before, notices=list(post.notices))
    keyed = _conflict(present, row)
    merged = _merged(present, row)
    old = {n: getattr(present, n) for n, value in merged.items() if getattr(present, n) != value}
    if not old:
        return Recorded(present, new=False, changed=False, notices=keyed.notices)
    drafted, stays = present.state is StaffState.DRAFT, present.worker_id
    login = present.user_id
    edit_staff(present, merged, actor=actor)
    before = {**old, "drafted": drafted}
    if present.user_id != login:
        before |= {"user_id": login, LOGIN_MADE: bool(present.initial_password)}
    if present.worker_id != stays:
        before |= {"worker_id": stays, STAY_MADE: bool(present.stay_made)}
    notices = [*keyed.notices, *present.notices]
    return Recorded(present, new=False, changed=True, before=before, notices=notices)


def _conflict(present: StaffMember, row: Values) -> Keyed:
    """Mark 数据冲突 on the stay where a row names the person on the post otherwise."""
    worker = db.session.get(ProjectWorker, present.worker_id) if present.worker_id else None
    keyed = Keyed(0, {"person_name": row.get("name")}, worker)  # type: ignore[arg-type]
    if worker is not None:
        compare_names([keyed])
    return keyed


def used_logins(posts: Iterable[tuple[StaffMember, Values]]) -> list[StaffMember]:
    """Give the posts whose new login somebody has signed in with."""
    return [
        post for post, before in posts
        if before.get(LOGIN_MADE) and post.user_id and not awaits_first_use(post.user_id)
    ]  # fmt: skip


def made_stays(posts: Iterable[tuple[StaffMember, Values]]) -> dict[int, ProjectWorker]:
    """Give by post the stays that came with it."""
    found = {post.id: post.worker_id for post, before in posts if before.get(STAY_MADE)}
    rows = db.session.scalars(select(ProjectWorker).where(ProjectWorker.id.in_(found.values())))
    by_number = {row.id: row for row in rows}
    return {post: by_number[worker] for post, worker in found.items() if worker in by_number}


def take_back_staff(
    posts: Iterable[tuple[StaffMember, Values | None]], *, actor: scope.Principal
) -> None:
    """Take posts back that nothing depends on, with the stays and logins that came with them.

    One with values from before has these again; the caller has looked that nobody else needs it.
    """
    rows = list(posts)
    stays = made_stays([(post, before or {}) for post, before in rows])
    for post, before in rows:
        if before is None or not _had_values(before):
            close_login(post, actor=actor)
            post.is_deleted, post.incomplete, post.complete_by = True, False, None
        else:
            _restore(post, before, actor)
    db.session.flush()
    if stays:
        take_back_workers([(worker, None) for worker in stays.values()], actor=actor)


def _had_values(before: Values) -> bool:
    return "drafted" in before


def _restore(post: StaffMember, before: Values, actor: scope.Principal) -> None:
    unit = db.session.get_one(ProjectUnit, post.unit_id)
    limits = {name: getattr(post, name) for name in LIMITS}
    if "user_id" in before:
        close_login(post, actor=actor)
        post.user_id = before["user_id"]
    if before["drafted"]:
        STAFF_FLOW.fire("take_back", post, actor=scope.SYSTEM)
    for name, value in before.items():
        if name in specs(StaffMember):
            setattr(post, name, value)
    if before["drafted"]:
        post.incomplete, post.complete_by = False, None
    else:
        follow_edit(post, limits, unit, actor=actor)
        due.renew(post, post.on_post_from)
    worker = db.session.get(ProjectWorker, post.worker_id) if post.worker_id else None
    if worker is not None:
        forgive(worker, before)
