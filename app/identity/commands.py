"""Opening the accounts of officials and administrators from the shell."""

import click
from flask import g
from flask.cli import with_appcontext

from app.core import scope
from app.core.errors import Refusal
from app.extensions import db
from app.identity import services
from app.identity.choices import OfficialRole


@click.command("open-account")
@click.option("--username", required=True)
@click.option("--name", required=True, help="The person's name.")
@click.option("--role", required=True, type=click.Choice([r.role for r in OfficialRole]))
@click.option("--district", default=None, help="Six digits; none: the whole city.")
@with_appcontext
def open_account(username: str, name: str, role: str, district: str | None) -> None:
    """Open an official's account and print its first password, which must be changed."""
    g.principal = scope.SYSTEM
    values = {"username": username, "name": name, "role": OfficialRole[role.upper()],
              "district_code": district}  # fmt: skip
    try:
        _number, password = services.open_official(values, actor=scope.SYSTEM)
    except Refusal as problem:
        raise click.ClickException(str(problem)) from None
    db.session.commit()
    click.echo(f"{username} {password}")


COMMANDS = (open_account,)
