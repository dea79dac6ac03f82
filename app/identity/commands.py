"""Opening the accounts of officials and administrators from the shell."""

import click
from flask import g
from flask.cli import with_appcontext

from app.core import scope
from app.core.errors import Refusal
from app.extensions import db
from app.identity import services
from app.permissions import ROLES

OFFICIALS = [
    "city_admin", "district_reviewer", "inspector", "leader", "editor", "sys_admin",
]  # fmt: skip


@click.command("open-account")
@click.option("--username", required=True)
@click.option("--name", required=True, help="The person's name.")
@click.option("--role", required=True, type=click.Choice([r for r in ROLES if r in OFFICIALS]))
@click.option("--district", default=None, help="Six digits; none: the whole city.")
@with_appcontext
def open_account(username: str, name: str, role: str, district: str | None) -> None:
    """Open an official's account and print its first password, which must be changed."""
    g.principal = scope.SYSTEM
    password = services.initial_password()
    audience = scope.Audience.LOGIN if role == "sys_admin" else scope.Audience.GOVERNMENT
    try:
        services.open_account(
            username=username, name=name, audience=audience, role=role, district_code=district,
            password_hash=services.hashed(password), must_change_password=True,
        )  # fmt: skip
    except Refusal as problem:
        raise click.ClickException(str(problem)) from None
    db.session.commit()
    click.echo(f"{username} {password}")


COMMANDS = (open_account,)
