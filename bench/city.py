"""A city of the size the figures speak of, written by SQL as the owner.

200 projects of 20 general contractors in six districts, 100,000 workers, 1,000,000 punches of
the last 60 days, and beside it one small project with 10,000 punches of another contractor.
"""

from dataclasses import dataclass

from flask import Flask, g
from sqlalchemy import Connection, create_engine, pool, text

from app.core import clock, scope, vault
from app.core.columns.secrets import DocumentNumber
from app.extensions import db
from app.identity import services as identity
from tests.factories import enterprises, projects, roster

CONTRACTORS, PROJECTS_EACH, WORKERS, PUNCHES, SMALL = 20, 10, 100_000, 1_000_000, 10_000
# the small project stands alone in the last district
DISTRICTS = ("440703", "440704", "440705", "440781", "440783", "440784")
SMALL_DISTRICT = "440785"

WORKER_ROWS = text("""
    insert into person (id_type, id_number, id_number_hash, name, sex, birth_on)
    select '01', :cipher, md5('bench' || n) || md5('x' || n), '测试' || n, '0', date '1985-04-12'
    from generate_series(1, :workers) n
""")
STAYS = text("""
    insert into project_worker (project_id, district_code, person_id, unit_id, team_id, worker_no,
      is_team_leader, work_role, work_type, id_type, id_number, id_number_hash, name, sex, birth_on,
      mobile, entry_on, state, has_contract, incomplete, conflicted, read_by_chip)
    select t.project_id, t.district_code, p.id, t.unit_id, t.id, 'B' || p.id, false, '20', '020',
      '01', p.id_number, p.id_number_hash, p.name, '0', p.birth_on,
      '190' || lpad((p.id % 100000000)::text, 8, '0'), current_date - 90, 'ON_SITE', true, false,
      false, false
    from (select *, row_number() over (order by id) as n from person where name like '测试%') p
    join (select *, row_number() over (order by id) as n, count(*) over () as many
          from team where name like '钢筋班%') t on t.n = 1 + (p.n % t.many)
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
          where worker_no like 'B%') w on w.n = k % :workers
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
        tenants, first = [], None
        for number in range(CONTRACTORS):
            firm = enterprises.enterprise(district=DISTRICTS[number % 6])
            tenants.append(enterprises.admin(firm))
            for _each in range(PROJECTS_EACH):
                site = projects.project(firm, district=DISTRICTS[number % 6])
                first = first or roster.team(projects.general_contractor_unit(site))
                roster.team(projects.general_contractor_unit(site))
        small = enterprises.enterprise(district=SMALL_DISTRICT)
        site = projects.project(small, district=SMALL_DISTRICT)
        crew = roster.team(projects.general_contractor_unit(site), name="小班组")
        worker = roster.worker(crew)
        city = City(
            tenants[0], enterprises.admin(small),
            enterprises.official("city_admin", district=None),
            enterprises.official(district=SMALL_DISTRICT),
            first.id, first.unit_id, first.project_id,
        )  # fmt: skip
        small_rows = (worker.id, site.id)
        db.session.commit()
        db.session.remove()
    engine = create_engine(app.config["DATABASE_ADMIN_URL"], poolclass=pool.NullPool)
    with engine.begin() as connection:
        _fill(connection, *small_rows)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum analyze"))
    return city


def _fill(connection: Connection, small_worker: int, small_project: int) -> None:
    number = "440703198504120002"
    cipher = vault.current().encrypt(DocumentNumber().normal(number))
    for table in ("project_worker", "person"):
        connection.execute(text(f"alter table {table} disable trigger user"))
    connection.execute(WORKER_ROWS, {"workers": WORKERS, "cipher": cipher})
    connection.execute(STAYS)
    connection.execute(PUNCH_ROWS, {"workers": WORKERS, "punches": PUNCHES})
    connection.execute(
        text("""
            insert into punch (project_id, id_number_hash, punched_at, direction, district_code,
              worker_id, unit_id, team_id, id_type, id_number, name, received_at, channel_known,
              source)
            select w.project_id, w.id_number_hash, now() - make_interval(secs => n * 60),
              case n % 2 when 0 then '01' else '02' end, w.district_code, w.id, w.unit_id,
              w.team_id, '01', w.id_number, w.name, now(), true, 'api'
            from generate_series(1, :small) n, project_worker w
            where w.id = :worker and w.project_id = :project
        """),
        {"small": SMALL, "worker": small_worker, "project": small_project},
    )
    for table in ("project_worker", "person"):
        connection.execute(text(f"alter table {table} enable trigger user"))


def many_accounts(app: Flask, number: int = 20_000) -> str:
    """Fill the table of accounts and give the name of one that may sign in."""
    with app.app_context():
        g.principal = scope.NOBODY
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
        firm = enterprises.enterprise()
        identity.open_account(
            username=name, name="登录", audience=scope.Audience.TENANT, role="gc_admin",
            enterprise_id=firm.id, password_hash=identity.hashed(enterprises.PASSWORD),
        )  # fmt: skip
        db.session.commit()
        db.session.remove()
    return name
