"""The chain of evidence (D8): what is stored cannot be changed unnoticed."""

from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, String, create_engine, pool, text
from sqlalchemy.exc import ProgrammingError

from app.core import chain, clock, scope
from app.core.states import history
from app.enterprises.states import REGISTRATION
from app.extensions import db
from app.projects.models import Project
from app.projects.states import PROJECT_FLOW
from app.roster.states import TEAM_FLOW
from app.wages.models import PayrollLine
from tests.factories import attendance, enterprises, wages
from tests.factories.attendance import NOON, punch, record

ROWS = {7: {"name": "张三", "at": datetime(2026, 1, 2, tzinfo=UTC), "sum": Decimal("1.50")}}


@pytest.fixture
def site(work):
    with clock.frozen(NOON):
        yield attendance.site()


def test_an_untouched_chain_holds(site):
    for _n in range(3):
        record(site.project, punch(site.own_worker, f"in 0{_n + 6}:00"))

    assert chain.verify(site.project.id) is None
    links = db.session.query(chain.ChainLink).filter_by(project_id=site.project.id).all()
    assert [link.number for link in links] == [1, 2, 3]
    assert links[1].previous == links[0].digest


def test_each_batch_makes_one_link_over_its_rows(site):
    outcomes = record(
        site.project, punch(site.own_worker, "in 07:00"), punch(site.own_worker, "out 18:00")
    )

    link = db.session.query(chain.ChainLink).filter_by(project_id=site.project.id).one()
    assert link.row_ids == [o.punch_id for o in outcomes]
    assert link.kind == "punch"


def approvals(project_id):
    links = db.session.query(chain.ChainLink).filter_by(project_id=project_id, kind="approval")
    return [link.row_ids for link in links.order_by(chain.ChainLink.number)]


def test_every_move_of_an_approval_is_a_link_in_the_chain_of_its_project(site):
    PROJECT_FLOW.fire("suspend", site.project, actor=scope.SYSTEM, remark="停工整改")
    PROJECT_FLOW.fire("resume", site.project, actor=scope.SYSTEM)

    moves = history(site.project)[-2:]
    assert approvals(site.project.id) == [[move.id] for move in moves]
    assert chain.verify(site.project.id) is None


def test_approvals_moved_in_one_statement_are_links_too(site):
    before = approvals(site.project.id)
    here = Project.id == site.project.id

    moved = PROJECT_FLOW.fire_where("suspend", Project, here, remark="停工整改")

    [made] = approvals(site.project.id)[len(before) :]
    [last] = history(site.project)[-1:]
    assert (moved, made) == ([site.project.id], [last.id])


def test_the_approval_of_an_enterprise_is_a_link_in_the_chain_of_no_project(work):
    before = approvals(0)
    row = enterprises.application()
    REGISTRATION.fire("return", row, actor=scope.SYSTEM, remark="照片不清")

    assert approvals(0)[len(before) :] == [[move.id] for move in history(row)[-2:]]
    assert chain.verify(0) is None


def test_a_later_column_of_the_log_leaves_the_digests_of_moves_as_they_are(site):
    table = db.metadata.tables["state_log"]
    PROJECT_FLOW.fire("suspend", site.project, actor=scope.SYSTEM, remark="停工整改")
    later = Column("reviewed_place", String)
    table.append_column(later)
    db.session.connection().engine.clear_compiled_cache()
    try:
        assert chain.verify(site.project.id) is None
    finally:
        table._columns.remove(later)


def test_moves_that_are_no_approval_make_no_link(site):
    TEAM_FLOW.fire("exit", site.own_team, actor=scope.SYSTEM)

    assert approvals(site.project.id) == []


def test_a_payroll_can_be_chained_with_the_sums_of_its_lines(site):
    row = wages.payroll([site.own_worker], "2026-10")
    chain.append(site.project.id, "payroll", [row.id])
    assert chain.verify(site.project.id) is None

    line = db.session.query(PayrollLine).filter_by(payroll_id=row.id).one()
    line.payable += 1
    db.session.flush()
    assert "the row was changed" in str(chain.verify(site.project.id))


def test_a_batch_that_stores_nothing_makes_no_link(site):
    chain.append(site.project.id, "punch", {})

    assert db.session.query(chain.ChainLink).count() == 0


@pytest.mark.parametrize("name", ["previous", "digest"])
def test_links_refuse_to_be_changed(site, name):
    record(site.project, punch(site.own_worker, "in 07:00"))

    with pytest.raises(ProgrammingError), db.session.begin_nested():
        db.session.execute(text(f"update chain_link set {name} = 'x'"))


def test_the_digest_of_a_row_depends_on_every_fact_and_on_nothing_else():
    same = {7: dict(reversed(list(ROWS[7].items()))) | {"sum": Decimal("1.5")}}
    assert chain.row_digest(7, ROWS[7]) == chain.row_digest(7, same[7])
    assert chain.row_digest(7, ROWS[7]) != chain.row_digest(8, ROWS[7])
    assert chain.row_digest(7, ROWS[7]) != chain.row_digest(7, ROWS[7] | {"name": "张四"})


def test_instants_of_one_moment_and_members_by_name_are_equal():
    kind = Enum("kind", {"IN": "01"})
    here = NOON.astimezone(clock.CHINA)
    assert chain.row_digest(1, {"at": NOON, "k": kind.IN}) == chain.row_digest(
        1, {"at": here, "k": "IN"}
    )


@given(st.lists(st.text(min_size=1), min_size=2, max_size=5, unique=True))
def test_the_order_of_rows_matters_to_the_link(digests):
    one = chain.link_digest(1, 1, "punch", digests, chain.GENESIS)

    assert one != chain.link_digest(1, 1, "punch", digests[::-1], chain.GENESIS)


COMMITTED = (
    "enterprise", "project", "person", "punch", "chain_link", "state_log", "job_run",
    "procrastinate_jobs",
)  # fmt: skip
LEDGERS = ("punch", "chain_link", "state_log")


class TestTampering:
    """A superuser changes what is stored; the verification names the row."""

    @pytest.fixture
    def stored(self, prepared_app):
        from flask import g

        with prepared_app.app_context(), clock.frozen(NOON):
            g.principal = scope.SYSTEM
            site = attendance.site()
            outcomes = record(
                site.project, punch(site.own_worker, "in 07:00"),
                punch(site.own_worker, "out 18:00"),
            )  # fmt: skip
            PROJECT_FLOW.fire("suspend", site.project, actor=scope.SYSTEM, remark="停工整改")
            found = site.project.id, site.project.project_no, [o.punch_id for o in outcomes]
            db.session.commit()
            db.session.remove()
        yield found
        # what was committed must not be found by other tests
        self.run_as_owner(prepared_app, f"truncate {', '.join(COMMITTED)} cascade")

    @staticmethod
    def run_as_owner(app, *statements):
        engine = create_engine(app.config["DATABASE_ADMIN_URL"], poolclass=pool.NullPool)
        with engine.begin() as connection:
            for table in LEDGERS:
                connection.execute(text(f"alter table {table} disable trigger user"))
            for statement in statements:
                connection.execute(text(statement))
            for table in LEDGERS:
                connection.execute(text(f"alter table {table} enable trigger user"))

    def verify(self, app, code):
        return app.test_cli_runner().invoke(chain.audit_group, ["verify", "--project", code])

    def test_the_command_finds_the_chain_whole(self, prepared_app, stored):
        result = self.verify(prepared_app, stored[1])

        assert result.exit_code == 0

    @pytest.mark.parametrize(
        ("change", "problem"),
        [
            ("update punch set punched_at = punched_at + interval '1 hour'", "changed"),
            ("update punch set name = 'x'", "changed"),
            ("delete from punch", "missing"),
        ],
    )
    def test_the_command_names_a_row_that_was_changed_or_removed(
        self, prepared_app, stored, change, problem
    ):
        number, code, ids = stored
        self.run_as_owner(prepared_app, f"{change} where project_id = {number} and id = {ids[1]}")

        result = self.verify(prepared_app, code)

        assert result.exit_code == 1
        assert f"row {ids[1]}" in result.output
        assert problem in result.output

    @pytest.mark.parametrize(
        ("change", "problem"),
        [
            ("update state_log set remark = '同意'", "changed"),
            ("update state_log set actor = 1", "changed"),
            ("delete from state_log", "missing"),
        ],
    )
    def test_the_command_names_an_approval_that_was_changed_or_removed(
        self, prepared_app, stored, change, problem
    ):
        number, code, _ids = stored
        self.run_as_owner(
            prepared_app, f"{change} where project_id = {number} and verb = 'suspend'"
        )

        result = self.verify(prepared_app, code)

        assert result.exit_code == 1
        assert "approval row" in result.output
        assert problem in result.output

    def test_the_command_finds_a_link_that_was_rewritten(self, prepared_app, stored):
        self.run_as_owner(
            prepared_app,
            f"update chain_link set row_digests[1] = 'x' where project_id = {stored[0]}",
        )

        result = self.verify(prepared_app, stored[1])

        assert result.exit_code == 1
        assert "link 1" in result.output

    def test_an_unknown_project_is_named(self, prepared_app):
        result = self.verify(prepared_app, "nowhere")

        assert result.exit_code != 0
        assert "nowhere" in result.output
