"""Partitions of the punch ledger, and the refusal to change what is evidence

Months are cut at midnight of Asia/Shanghai. Safe beside the previous release.
"""

from alembic import op

revision = "partitions"
down_revision = "tables"
branch_labels = None
depends_on = None

# Makes one month's partition, moving in what the default partition holds of that month.
MAKE = """
create function make_punch_partition(month date) returns boolean language plpgsql
security definer set search_path = public as $$
declare
  begins date := date_trunc('month', month)::date;
  starts timestamptz := begins::timestamp at time zone 'Asia/Shanghai';
  ends timestamptz := (begins + interval '1 month') at time zone 'Asia/Shanghai';
  name text := 'punch_' || to_char(begins, 'YYYYMM');
begin
  perform pg_advisory_xact_lock(7242022);
  if to_regclass(name) is not null then
    return false;
  end if;
  if exists (select from punch_default where punched_at >= starts and punched_at < ends) then
    create temporary table moved_punch on commit drop as
      select * from punch_default where punched_at >= starts and punched_at < ends;
    alter table punch_default disable trigger user;
    delete from punch_default where punched_at >= starts and punched_at < ends;
    alter table punch_default enable trigger user;
  end if;
  execute format('create table %I partition of punch for values from (%L) to (%L)',
                 name, starts, ends);
  execute format('revoke all on %I from public', name);
  if to_regclass('pg_temp.moved_punch') is not null then
    insert into punch overriding system value select * from moved_punch;
    drop table moved_punch;
  end if;
  return true;
end $$
"""

MAKE_COMING = """
create function make_coming_punch_partitions(today date, months integer) returns integer
language sql security definer set search_path = public as $$
  select count(*) filter (where make_punch_partition(
    (date_trunc('month', today) + make_interval(months => n))::date))::integer
  from generate_series(0, months) n
$$
"""

AHEAD = """
create function punch_months_ahead(today date) returns integer
language plpgsql stable security definer set search_path = public as $$
declare
  ahead integer := -1;
  month date := date_trunc('month', today)::date;
begin
  while to_regclass('punch_' || to_char(month, 'YYYYMM')) is not null loop
    ahead := ahead + 1;
    month := (month + interval '1 month')::date;
  end loop;
  return ahead;
end $$
"""

REFUSE = """
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'rows of % are never changed', tg_table_name
    using errcode = 'insufficient_privilege';
end $$
"""

LEDGERS = ("punch", "punch_state", "chain_link", "audit_entry", "state_log", "unmask_record")


def upgrade():
    op.execute(REFUSE)
    for table in LEDGERS:
        op.execute(
            f"create trigger ledger before update or delete on {table}"
            " for each row execute function refuse_change()"
        )
        op.execute(
            f"create trigger ledger_truncate before truncate on {table}"
            " for each statement execute function refuse_change()"
        )
    op.execute("create table punch_default partition of punch default")
    for statement in (MAKE, MAKE_COMING, AHEAD):
        op.execute(statement)
    op.execute(
        "select make_punch_partition((date_trunc('month', now() at time zone 'Asia/Shanghai')"
        " + make_interval(months => n))::date) from generate_series(-24, 12) n"
    )
    for function in (
        "make_punch_partition(date)", "make_coming_punch_partitions(date, integer)",
        "punch_months_ahead(date)",
    ):
        op.execute(f"revoke execute on function {function} from public")
        op.execute(f"grant execute on function {function} to app_system")


def downgrade():
    for function in (
        "punch_months_ahead(date)", "make_coming_punch_partitions(date, integer)",
        "make_punch_partition(date)",
    ):
        op.execute(f"drop function {function}")
    op.execute(
        "do $$ declare name text; begin for name in select inhrelid::regclass::text"
        " from pg_inherits where inhparent = 'punch'::regclass loop"
        " execute 'drop table ' || name; end loop; end $$"
    )
    for table in LEDGERS:
        op.execute(f"drop trigger ledger on {table}")
        op.execute(f"drop trigger ledger_truncate on {table}")
    op.execute("drop function refuse_change()")
