"""A city of the size the figures speak of, written by SQL as the owner.

200 projects of 20 general contractors in six districts, 100,000 workers, 1,000,000 punches of
the last 60 days. Beside it, in a district of its own, one more contractor of ten projects too,
with 1,000 workers and 10,000 punches: the same pages over a hundredth of the rows.
"""

from dataclasses import dataclass
from typing import Any

from flask import Flask, g
from sqlalchemy import Connection, create_engine, pool, select, text

from app.core import clock, scope, vault
from app.core.columns.secrets import DocumentNumber
from app.extensions import db
from app.identity import services as identity
from app.identity.models import Account
from tests.factories import enterprises, projects, roster

CONTRACTORS, PROJECTS_EACH = 20, 10
# mark of the names, workers, punches
LARGE, SMALL = ("大", 100_000, 1_000_000), ("小", 1_000, 10_000)
# the small contractor stands alone in the last district
DISTRICTS = ("440703", "440704", "440705", "440781", "440783", "440784")
SMALL_DISTRICT = "440785"

WORKER_ROWS = text("""
    insert into person (id_type, id_number, id_number_hash, name, sex, birth_on)
    select '01', :cipher, md5(:mark || n) || md5('x' || n), :mark || '测试' || n, '0',
      date '1985-04-12'
    from generate_series(1, :workers) n
""")
STAYS = text("""
    insert into project_worker (project_id, district_code, person_id, unit_id, team_id, worker_no,
      is_team_leader, work_role, work_type, id_type, id_number, id_number_hash, name, sex, birth_on,
      mobile, entry_on, state, has_contract, incomplete, conflicted, read_by_chip)
    select t.project_id, t.district_code, p.id, t.unit_id, t.id, :mark || p.id, false, '20', '020',
      '01', p.id_number, p.id_number_hash, p.name, '0', p.birth_on,
      '190' || lpad((p.id % 100000000)::text, 8, '0'), current_date - 90, 'ON_SITE', true, false,
      false, false
    from (select *, row_number() over (order by id) as n from person
          where name like :mark || '测试%') p
    join (select *, row_number() over (order by id) as n, count(*) over () as many
          from team where name like :mark || '班组%') t on t.n = 1 + (p.n % t.many)
""")
PUNCH_ROWS = text("""
    insert into punch (project_id, id_number_hash, punched_at, direction, district_code, worker_id,
      unit_id, team_id, id_type, id_number, name, received_at, attend_method, channel,
      channel_known, source)
    select w.project_id, w.id_number_hash,
      date_trunc('day', now()) - make_interval(days => (1 + (k / :workers) * 5)::int)
        + make_interval(hours => (7 + 11 * (k % 2))::int, secs => ((k::bigint * 7919) % 3600)::int),
      case k % 2 when 0 then '01' else '02' end, w.district_code, w.id, w.unit_id, w.team_id,
      '01', w.id_number, w.name, now(), '001', 'A', true, 'api'
    from generate_series(0, :punches - 1) k
    join (select *, row_number() over (order by id) - 1 as n from project_worker
          where worker_no like :mark || '%') w on w.n = k % :workers
    on conflict do nothing
""")


@dataclass(frozen=True)
class City:
    """Accounts and rows the benchmarks use."""

    tenant: int
    small_tenant: int
    official: int
    small_official: int
    team: int
    unit: int
    project: int


def build(app: Flask) -> City:
    """Fill an empty, prepared database; about a minute."""
    with app.app_context():
        g.principal = scope.SYSTEM
        tenants = [_contractor(LARGE[0], DISTRICTS[n % 6]) for n in range(CONTRACTORS)]
        small, first = _contractor(SMALL[0], SMALL_DISTRICT)[0], tenants[0][1]
        city = City(
            tenants[0][0], small,
            enterprises.official("city_admin", district=None),
            enterprises.official(district=SMALL_DISTRICT),
            first.id, first.unit_id, first.project_id,
        )  # fmt: skip
        db.session.commit()
        db.session.remove()
    engine = create_engine(app.config["DATABASE_ADMIN_URL"], poolclass=pool.NullPool)
    with engine.begin() as connection:
        _fill(connection)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum analyze"))
    return city


def _contractor(mark: str, district: str) -> tuple[int, Any]:
    """Make a contractor with his projects, a team on each; give his account and the first team."""
    firm = enterprises.enterprise(district=district)
    units = [
        projects.general_contractor_unit(projects.project(firm, district=district))
        for _each in range(PROJECTS_EACH)
    ]
    teams = [roster.team(unit, name=f"{mark}班组") for unit in units]
    return enterprises.admin(firm), teams[0]


def _fill(connection: Connection) -> None:
    number = "440703198504120002"
    cipher = vault.current().encrypt(DocumentNumber().normal(number))
    for table in ("project_worker", "person"):
        connection.execute(text(f"alter table {table} disable trigger user"))
    for mark, workers, punches in (LARGE, SMALL):
        given = {"mark": mark, "workers": workers, "punches": punches, "cipher": cipher}
        for statement in (WORKER_ROWS, STAYS, PUNCH_ROWS):
            connection.execute(statement, given)
    for table in ("project_worker", "person"):
        connection.execute(text(f"alter table {table} enable trigger user"))


def many_accounts(app: Flask, tenant: int, number: int = 20_000) -> str:
    """Fill the table of accounts and give the name of one that signs in beside a tenant."""
    with app.app_context():
        g.principal = scope.NOBODY
        firm = db.session.scalar(select(Account.enterprise_id).where(Account.id == tenant))
        db.session.rollback()
        engine = create_engine(app.config["DATABASE_ADMIN_URL"], poolclass=pool.NullPool)
        with engine.begin() as connection:
            connection.execute(
                text("""
                    insert into ab_user (id, username, first_name, last_name, email, active,
                      audience, limited, must_change_password, session_epoch)
                    select nextval('ab_user_id_seq'), 'bench' || n, '', '测试',
                      'bench' || n || '@local', true, 'app_tenant', true, false, 1
                    from generate_series(1, :number) n
                """),
                {"number": number},
            )
        name = f"signer{int(clock.now().timestamp())}"
        g.principal = scope.SYSTEM
        identity.open_account(
            username=name, name="登录", audience=scope.Audience.TENANT, role="gc_admin",
            enterprise_id=firm,
            password_hash=identity.hashed(enterprises.PASSWORD),
        )  # fmt: skip
        db.session.commit()
        db.session.remove()
    return name
