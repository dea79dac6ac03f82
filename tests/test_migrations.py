"""The schema grows in one line, both ways, and is what the models say."""

import pytest
from alembic.script import ScriptDirectory

import config
from tests.places import place

__all__ = ["place"]

TABLES = (
    "select count(*) from pg_tables where schemaname = 'public' and tablename <> 'alembic_version'"
)


@pytest.fixture(scope="module")
def scripts():
    return ScriptDirectory(str(config.BASEDIR / "migrations"))


def test_the_revisions_form_one_line(scripts):
    rows = list(scripts.walk_revisions())

    assert len(scripts.get_heads()) == 1
    assert len(scripts.get_bases()) == 1
    assert all(not row.is_branch_point and not row.is_merge_point for row in rows)


def test_every_revision_goes_both_ways(scripts):
    for row in scripts.walk_revisions():
        source = row.module.__file__
        assert callable(row.module.upgrade), source
        assert callable(row.module.downgrade), source


def test_up_down_to_nothing_and_up_again_on_a_fresh_database(place):
    place.run("db", "upgrade")
    before = place.query(TABLES)[0][0]
    assert before > 40

    place.run("db", "downgrade", "base")
    assert place.query(TABLES) == [(0,)]

    place.run("db", "upgrade")
    assert place.query(TABLES) == [(before,)]
    assert "No new upgrade operations detected" in place.run("db", "check")
