"""Commands: the worker, and running a job by hand."""

import click
from flask import Flask, current_app, g
from flask.cli import AppGroup, with_appcontext

from app.core import scope
from app.core.errors import Refusal
from app.core.jobs import registry, runner, worker
from app.extensions import db

group = AppGroup("jobs", help="The jobs of the program.")


@click.command("worker")
@with_appcontext
def worker_command() -> None:
    """Run jobs from the queue and, in one process at a time, the clock."""
    db.session.remove()
    worker.work(current_app._get_current_object())  # type: ignore[attr-defined]


@group.command("list")
def list_command() -> None:
    """Print every job and its schedule."""
    for job in registry.jobs().values():
        click.echo(f"{job.name:<32} {job.cron:<16} {job.title}")


@group.command("run")
@click.argument("name")
@click.option("--arg", "given", multiple=True, metavar="K=V", help="A value for the job.")
def run_command(name: str, given: tuple[str, ...]) -> None:
    """Run a job here and now."""
    args = dict(item.split("=", 1) for item in given if "=" in item)
    if len(args) != len(given):
        raise click.UsageError("--arg takes name=value")
    g.principal = scope.SYSTEM
    try:
        found = runner.run_now(name, **args)
        db.session.commit()
    except Refusal as problem:
        db.session.rollback()
        raise click.ClickException(str(problem)) from problem
    click.echo("done" if found is None else f"done: {found}")


def register(app: Flask) -> None:
    """Put the commands on the application."""
    app.cli.add_command(worker_command)
    app.cli.add_command(group)
