"""Roles, functions and triggers of the platform

Safe on an empty database only; it is the first revision.
"""

from alembic import op

revision = "platform"
down_revision = None
branch_labels = None
depends_on = None

ROLES = """
do $$ begin
  perform pg_advisory_xact_lock(7242021);
  if not exists (select from pg_roles where rolname = 'app_tenant') then
    create role app_tenant nologin; end if;
  if not exists (select from pg_roles where rolname = 'app_government') then
    create role app_government nologin; end if;
  if not exists (select from pg_roles where rolname = 'app_system') then
    create role app_system nologin; end if;
  if not exists (select from pg_roles where rolname = 'app_login') then
    create role app_login login noinherit; end if;
  grant app_tenant, app_government, app_system to app_login;
end $$
"""

SCHEMA = """
revoke create on schema public from public;
grant usage on schema public to app_login, app_tenant, app_government, app_system
"""

FILL_DISTRICT = """
create function fill_district() returns trigger language plpgsql security definer
set search_path = public as $$
begin
  if new.district_code is null then
    select p.district_code into new.district_code from project p where p.id = new.project_id;
  end if;
  return new;
end $$
"""

# The audit of an insert and the first state of its row in one pass over the row. By row and not by
# statement: a distributed PostgreSQL knows no transition tables. What is empty is left out. The
# second argument says which of the two a table has: audit, state or both.
WRITE_NEW = """
create function write_new() returns trigger language plpgsql security definer
set search_path = public as $$
declare
  whole jsonb := case tg_argv[0]
    -- no password hash leaves its table; signing in is no change of an account
    when 'ab_user' then to_jsonb(new)
      - array['password', 'login_count', 'last_login', 'fail_login_count']
    -- what was typed is gone with its draft
    when 'form_draft' then to_jsonb(new) - array['content', 'browser_hash']
    else to_jsonb(new) end;
  place bigint := coalesce((whole ->> 'project_id')::bigint,
    case when tg_argv[0] = 'project' then new.id end, 0);
  firm bigint := coalesce((whole ->> 'enterprise_id')::bigint,
    case when tg_argv[0] = 'enterprise' then new.id end);
  unit bigint := coalesce((whole ->> 'unit_id')::bigint,
    case when tg_argv[0] = 'project_unit' then new.id end);
  who integer := nullif(current_setting('app.actor', true), '')::integer;
  gate text := nullif(current_setting('app.door', true), '');
begin
  if tg_argv[1] <> 'audit' then
    insert into state_log (project_id, table_name, row_id, verb, state_to, actor, door,
      enterprise_id, unit_id, district_code)
    values (place, tg_argv[0], new.id, 'create', whole ->> 'state', who, gate, firm, unit,
      whole ->> 'district_code');
  end if;
  if tg_argv[1] <> 'state' then
    insert into audit_entry (project_id, table_name, row_id, action, actor, door, reason,
      request_id, address, after, enterprise_id, unit_id, district_code)
    values (place, tg_argv[0], new.id, 'insert', who, gate,
      nullif(current_setting('app.reason', true), ''),
      nullif(current_setting('app.request_id', true), ''),
      nullif(current_setting('app.address', true), ''),
      jsonb_strip_nulls(whole), firm, unit,
      -- dictionaries, settings and schedules belong to the city: only its office holds 440700
      coalesce(whole ->> 'district_code', '440700'));
  end if;
  return null;
end $$
"""

WRITE_AUDIT = """
create function write_audit() returns trigger language plpgsql security definer
set search_path = public as $$
declare
  was jsonb := to_jsonb(old);
  now_is jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) end;
  whole jsonb := coalesce(now_is, was);
begin
  if tg_argv[0] = 'ab_user' then
    -- no password hash leaves its table; signing in is no change of an account
    was := was - array['password', 'login_count', 'last_login', 'fail_login_count'];
    now_is := now_is - array['password', 'login_count', 'last_login', 'fail_login_count'];
  end if;
  if tg_argv[0] = 'form_draft' then
    -- what was typed is gone with its draft
    was := was - array['content', 'browser_hash'];
    now_is := now_is - array['content', 'browser_hash'];
  end if;
  if tg_op = 'UPDATE' then
    -- only what differs; one pass, since a row has a hundred columns
    select coalesce(jsonb_object_agg(o.key, o.value), '{}'),
           coalesce(jsonb_object_agg(n.key, n.value), '{}')
    into was, now_is
    from jsonb_each(was) o join jsonb_each(now_is) n on n.key = o.key
    where o.value is distinct from n.value;
    -- the last punch of a stay follows from the ledger, which is its own evidence (D6)
    if now_is - array['changed_at', 'changed_by', 'row_version', 'first_punch_at',
                      'last_punch_at'] = '{}'::jsonb then
      return null;
    end if;
  end if;
  insert into audit_entry (project_id, table_name, row_id, action, actor, door, reason,
    request_id, address, before, after, enterprise_id, unit_id, district_code)
  values (
    coalesce((whole ->> 'project_id')::bigint,
             case when tg_argv[0] = 'project' then (whole ->> 'id')::bigint end, 0),
    tg_argv[0], (whole ->> 'id')::bigint, lower(tg_op),
    nullif(current_setting('app.actor', true), '')::integer,
    nullif(current_setting('app.door', true), ''),
    nullif(current_setting('app.reason', true), ''),
    nullif(current_setting('app.request_id', true), ''),
    nullif(current_setting('app.address', true), ''),
    was, now_is,
    coalesce((whole ->> 'enterprise_id')::bigint,
             case when tg_argv[0] = 'enterprise' then (whole ->> 'id')::bigint end),
    coalesce((whole ->> 'unit_id')::bigint,
             case when tg_argv[0] = 'project_unit' then (whole ->> 'id')::bigint end),
    -- dictionaries, settings and schedules belong to the city: only its office holds 440700
    coalesce(whole ->> 'district_code', '440700'));
  return null;
end $$
"""

LOG_STATE = """
create function log_state() returns trigger language plpgsql security definer
set search_path = public as $$
declare
  whole jsonb := to_jsonb(new);
  verb text := nullif(current_setting('app.verb', true), '');
begin
  if verb is null and new.state is distinct from old.state then
    raise exception 'state of % changes only through its flow', tg_argv[0]
      using errcode = 'check_violation';
  end if;
  if verb is null then
    return null;
  end if;
  insert into state_log (project_id, table_name, row_id, verb, state_from, state_to, remark,
    actor, door, enterprise_id, unit_id, district_code)
  values (
    coalesce((whole ->> 'project_id')::bigint,
             case when tg_argv[0] = 'project' then new.id end, 0),
    tg_argv[0], new.id, verb, to_jsonb(old) ->> 'state', whole ->> 'state',
    nullif(current_setting('app.remark', true), ''),
    nullif(current_setting('app.actor', true), '')::integer,
    nullif(current_setting('app.door', true), ''),
    coalesce((whole ->> 'enterprise_id')::bigint,
             case when tg_argv[0] = 'enterprise' then new.id end),
    coalesce((whole ->> 'unit_id')::bigint,
             case when tg_argv[0] = 'project_unit' then new.id end),
    whole ->> 'district_code');
  return null;
end $$
"""

CLAIM_FILE = """
create function claim_file(file bigint, owner_name text, owner_row bigint, named_by text)
returns void language plpgsql security definer set search_path = public as $$
declare
  whole jsonb;
  claimed bigint;
begin
  execute format('select to_jsonb(t) from %I t where id = $1', owner_name)
    into whole using owner_row;
  update stored_file set
    owner_table = owner_name, owner_id = owner_row,
    owner_column = coalesce(owner_column, named_by),
    project_id = coalesce((whole ->> 'project_id')::bigint,
      case when owner_name = 'project' then owner_row end),
    unit_id = coalesce((whole ->> 'unit_id')::bigint,
      case when owner_name = 'project_unit' then owner_row end),
    enterprise_id = coalesce((whole ->> 'enterprise_id')::bigint,
      case when owner_name = 'enterprise' then owner_row end),
    district_code = whole ->> 'district_code'
  where id = file and (
    (owner_id is null and created_by is not distinct from
      nullif(current_setting('app.actor', true), '')::integer)
    or (owner_table = owner_name and owner_id = owner_row))
  returning id into claimed;
  if claimed is null then
    raise exception 'file % belongs to another row', file using errcode = 'check_violation';
  end if;
end $$
"""

# A function that works with the rights of the owner is nobody's but its callers': triggers run
# without a grant, and files are claimed by principals, never before anybody has signed in.
CLOSE = """
revoke execute on function fill_district() from public;
revoke execute on function write_new() from public;
revoke execute on function write_audit() from public;
revoke execute on function log_state() from public;
revoke execute on function claim_file(bigint, text, bigint, text) from public;
grant execute on function claim_file(bigint, text, bigint, text)
  to app_tenant, app_government, app_system
"""


def upgrade():
    for statement in (
        ROLES, SCHEMA, FILL_DISTRICT, WRITE_NEW, WRITE_AUDIT, LOG_STATE, CLAIM_FILE, CLOSE,
    ):
        op.execute(statement)


def downgrade():
    for name in (
        "claim_file(bigint, text, bigint, text)", "log_state()", "write_audit()", "write_new()",
        "fill_district()",
    ):
        op.execute(f"drop function {name}")
