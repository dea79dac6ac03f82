"""Tables of the task queue, open to the system's role alone

The file under migrations/sql is the library's own schema of that version; a later version of
the library comes with a revision of its own. Safe beside the previous release.
"""

from pathlib import Path

from alembic import op

revision = "queue"
down_revision = "partitions"
branch_labels = None
depends_on = None

SCHEMA = Path(__file__).parent.parent / "sql" / "procrastinate_3_10.sql"
GRANTS = """
grant select, insert, update, delete on procrastinate_jobs, procrastinate_workers,
  procrastinate_events, procrastinate_periodic_defers to app_system;
grant usage on sequence procrastinate_jobs_id_seq, procrastinate_workers_id_seq,
  procrastinate_events_id_seq, procrastinate_periodic_defers_id_seq to app_system;
grant select on alembic_version to app_system
"""
REMOVE = """
do $$
declare item record;
begin
  revoke select on alembic_version from app_system;
  drop table procrastinate_periodic_defers, procrastinate_events, procrastinate_jobs,
    procrastinate_workers cascade;
  for item in select p.oid::regprocedure as name from pg_proc p
    where p.proname like 'procrastinate\\_%' and p.pronamespace = 'public'::regnamespace
  loop execute format('drop function %s cascade', item.name); end loop;
  drop type procrastinate_job_to_defer_v1, procrastinate_job_status,
    procrastinate_job_event_type cascade;
end $$
"""


def upgrade():
    run(SCHEMA.read_text(encoding="utf-8"))
    run(GRANTS)


def downgrade():
    run(REMOVE)


def run(script):
    """Run a script as it stands: the driver reads percent signs only beside values."""
    op.get_bind().connection.driver_connection.execute(script)
