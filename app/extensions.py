"""The shared objects of the application: session, framework, migrations, CSRF."""

from pathlib import Path

from flask import Flask
from flask_appbuilder import Model
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect

Model.metadata.naming_convention = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
db = SQLAlchemy(model_class=Model)
csrf = CSRFProtect()
REVISIONS = Path(__file__).resolve().parent.parent / "migrations"


def know_migrations(app: Flask) -> None:
    """Make the commands of Flask-Migrate work; what it loads is 8 MiB of every process."""
    from flask_migrate import Migrate

    Migrate(app, db, directory=str(REVISIONS))
