"""The command that creates and prints the demonstration city."""

import json

import click
from flask.cli import with_appcontext

from app.demo import city


@click.command("demo")
@click.option("--json", "as_json", is_flag=True, help="Print the city as JSON.")
@with_appcontext
def demo(*, as_json: bool) -> None:
    """Create the demonstration city once, and print how to enter it."""
    if not city.exists():
        city.create()
    facts = city.facts()
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False))
        return
    for name, account in facts["accounts"].items():
        click.echo(f"{name:<10} {account['password']}")


COMMANDS = (demo,)
