"""A worker killed in the middle of an import leaves nothing half, and the next one does it all."""

import os
import signal

import pytest

from tests.core.test_jobs import started, wait_for
from tests.places import Place

SLOW = "tests.imports.slow_import"
ROWS = 20
# (workers on the list, movements, pictures, state, kept findings, rows noted as written)
LEFT = """
    select (select count(*) from project_worker w where w.project_id = j.project_id
              and not w.is_deleted),
           (select count(*) from movement m where m.project_id = j.project_id),
           (select count(*) from project_worker w where w.project_id = j.project_id
              and w.id_portrait is not null),
           j.state,
           (select count(*) from import_sheet s where s.job_id = j.id and s.findings is not null),
           (select count(*) from imported_row r where r.job_id = j.id)
    from import_job j order by j.id desc limit 1
"""
# what stands before the work, which is what a killed worker leaves; and after it was done again
WORKS = [
    pytest.param("check", (0, 0, 0, "CHECKING", 0, 0), (0, 0, 0, "PREVIEWED", 1, 0), id="check"),
    pytest.param(
        "import", (0, 0, 0, "IMPORTING", 1, 0), (ROWS, ROWS, 0, "DONE", 1, ROWS), id="import"
    ),
    pytest.param(
        "batches", (0, 0, 0, "IMPORTING", 1, 0), (ROWS, ROWS, 0, "DONE", 1, ROWS),
        id="several statements",
    ),
    pytest.param(
        "pictures", (ROWS, 0, 0, "IMPORTING", 1, 0), (ROWS, 0, ROWS, "DONE", 1, ROWS),
        id="pictures",
    ),
    pytest.param(
        "undo", (ROWS, ROWS, 0, "DONE", 1, ROWS), (0, ROWS, 0, "UNDONE", 1, ROWS), id="undo"
    ),
]  # fmt: skip


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    """Give one prepared place for all works: each fills in a project of its own."""
    found = Place(tmp_path_factory.mktemp("killed") / "var")
    found.folder.mkdir()
    found.run("prepare", seconds=600)
    yield found
    found.close()


def left(city):
    return city.query(LEFT)[0]


@pytest.mark.parametrize(("how", "before", "after"), WORKS)
def test_a_worker_killed_in_mid_work_leaves_nothing_half(city, how, before, after):
    city.environment["HALT"] = how
    for name in ("started", "go"):
        (city.folder / name).unlink(missing_ok=True)
    city.run("fill", how, app=SLOW, seconds=600)
    first = city.start("worker", app=SLOW)
    wait_for(lambda: started(city))
    assert left(city) == before, "written, but by nobody to be seen"

    os.kill(first.pid, signal.SIGKILL)
    first.wait(timeout=10)
    assert left(city) == before
    (city.folder / "go").touch()
    second = city.start("worker", app=SLOW)
    wait_for(lambda: left(city)[3] == after[3])

    assert left(city) == after
    assert started(city) == [str(first.pid), str(second.pid)]
    second.send_signal(signal.SIGTERM)
    second.communicate(timeout=60)
    assert second.returncode == 0
