"""The program signs in as a user who owns nothing, or it does not start (D1, D2)."""

import pytest
from sqlalchemy.engine import make_url

from app.core import postgres


def as_user(url, name):
    return make_url(url).set(username=name).render_as_string(hide_password=False)


@pytest.mark.parametrize("user", ["app_owner", "postgres"])
def test_an_owner_or_superuser_in_database_url_is_refused_with_the_way_out(
    prepared_app, tmp_path, user
):
    named = as_user(prepared_app.config["DATABASE_ADMIN_URL"], user)

    with pytest.raises(postgres.WrongDatabaseUser, match="Name the role app_login there"):
        postgres.addresses(tmp_path, {"DATABASE_URL": named})


def test_the_role_that_owns_nothing_is_accepted(prepared_app, tmp_path):
    owner = prepared_app.config["DATABASE_ADMIN_URL"]
    login = as_user(owner, "app_login")
    found = postgres.addresses(tmp_path, {"DATABASE_URL": login, "DATABASE_ADMIN_URL": owner})

    assert make_url(found.login).username == "app_login"
    assert make_url(found.owner).username == "app_owner"
    assert make_url(found.login).drivername == "postgresql+psycopg"


@pytest.mark.parametrize("named", ["sqlite:///x.db", "mysql://user@host/x"])
def test_another_database_is_refused(tmp_path, named):
    with pytest.raises(postgres.WrongDatabaseUser, match="PostgreSQL"):
        postgres.addresses(tmp_path, {"DATABASE_URL": named})


def test_a_server_that_does_not_answer_yet_does_not_stop_the_start(tmp_path):
    named = "postgresql://app_login@127.0.0.1:1/x"

    assert postgres.addresses(tmp_path, {"DATABASE_URL": named}).owner is None


def test_joining_the_embedded_server_again_gives_the_same_addresses(prepared_app, var):
    again = postgres.addresses(var, {})

    assert again.owner == prepared_app.config["DATABASE_ADMIN_URL"]
    assert make_url(again.login).username == "app_login"
