"""Commands of deployment; each may run in several processes at once."""

from typing import Any

import click
from flask import Flask, current_app, g
from flask.cli import with_appcontext
from sqlalchemy import create_engine, pool, text

from app import domains
from app.core import chain, clock, database
from app.core.jobs import commands as job_commands
from app.core.jobs import schedules
from app.extensions import know_migrations
from app.identity import rights
from app.reference import services as reference

CALENDAR_YEARS_BACK, CALENDAR_YEARS_AHEAD = 3, 2


def prepare() -> None:
    """Bring the database to the state this release needs; wait for others doing the same."""
    from flask_migrate import upgrade

    know_migrations(current_app._get_current_object())  # type: ignore[attr-defined]
    upgrade()
    engine = create_engine(current_app.config["DATABASE_ADMIN_URL"], poolclass=pool.NullPool)
    with engine.connect() as connection:
        database.lock(connection)
        with connection.begin():
            reference.load_dictionaries(connection)
            year = clock.today().year
            reference.load_calendar(
                connection, range(year - CALENDAR_YEARS_BACK, year + CALENDAR_YEARS_AHEAD)
            )
            schedules.synchronise(connection)
            for statement in database.upkeep():
                connection.execute(text(statement))
        rights.synchronise()
        database.unlock(connection)


class Migrations(click.Group):
    """The commands of Flask-Migrate, loaded when one of them is asked for."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run one as its own group would: on the revisions of this program."""
        g.directory, g.x_arg = None, []
        return super().invoke(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name them."""
        return _migrating().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Give one of them."""
        return _migrating().get_command(ctx, cmd_name)


def _migrating() -> click.Group:
    from flask_migrate.cli import db

    know_migrations(current_app._get_current_object())  # type: ignore[attr-defined]
    return db


@click.command("prepare")
@with_appcontext
def prepare_command() -> None:
    """Migrate, load dictionaries and calendar, write roles and rights."""
    prepare()
    click.echo("ready")


@click.command("sync-security")
@with_appcontext
def sync_security() -> None:
    """Write roles and rights from app/permissions.py."""
    rights.synchronise()
    click.echo("rights written")


@click.command("load-dictionaries")
@with_appcontext
def load_dictionaries() -> None:
    """Write the code lists the program brings; what the city edited stays."""
    engine = create_engine(current_app.config["DATABASE_ADMIN_URL"], poolclass=pool.NullPool)
    with engine.begin() as connection:
        click.echo(f"{reference.load_dictionaries(connection)} rows")


def register(app: Flask) -> None:
    """Put the commands on the application."""
    for command in (prepare_command, sync_security, load_dictionaries):
        app.cli.add_command(command)
    app.cli.add_command(Migrations("db", help="Revisions of the tables."))
    job_commands.register(app)
    app.cli.add_command(chain.audit_group)
    for module in domains.modules("commands"):
        for command in module.COMMANDS:
            app.cli.add_command(command)
