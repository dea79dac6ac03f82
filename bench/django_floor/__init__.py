"""The same form in Django's admin: the floor of the worker form, without audit or alert check.

The program's own columns become a Django model in the schema ``floor`` of the same database,
with as many workers; the admin draws and takes its form by Django's own means.
"""

from typing import Any

import django
from django.conf import settings
from sqlalchemy.engine import make_url

SCHEMA = "floor"


def configure(database_url: str) -> None:
    """Set Django up beside the program, on the owner's address of its database."""
    url = make_url(database_url)
    settings.configure(
        SECRET_KEY="a floor signs nobody in",  # noqa: S106 - it guards nothing
        ALLOWED_HOSTS=["testserver"],
        ROOT_URLCONF="bench.django_floor.urls",
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        LANGUAGE_CODE="zh-hans",
        USE_TZ=True,
        INSTALLED_APPS=[
            "django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes",
            "django.contrib.sessions", "django.contrib.messages", "django.contrib.staticfiles",
            "bench.django_floor",
        ],
        STATIC_URL="/static/",
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
        ],
        TEMPLATES=[{
            "BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
            "OPTIONS": {"context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]},
        }],
        DATABASES={"default": {
            "ENGINE": "django.db.backends.postgresql", "NAME": url.database,
            "USER": url.username, "PASSWORD": url.password,
            "HOST": url.query.get("host", url.host), "PORT": url.port, "CONN_MAX_AGE": None,
            "OPTIONS": {"options": f"-c search_path={SCHEMA}"},
        }},
    )  # fmt: skip
    django.setup()


def prepared(workers: int) -> Any:
    """Make the tables and the workers where they are not there yet; give a signed-in client."""
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client

    from bench.django_floor.models import Worker

    with connection.cursor() as cursor:
        cursor.execute(f"create schema if not exists {SCHEMA}")
    call_command("migrate", run_syncdb=True, verbosity=0)
    missing = workers - Worker.objects.count()
    Worker.objects.bulk_create(
        (Worker(name=f"工人{n}", id_number=f"floor{n:013d}") for n in range(max(missing, 0))),
        batch_size=2000,
    )
    user, _made = User.objects.get_or_create(username="floor", is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(user)
    return client
