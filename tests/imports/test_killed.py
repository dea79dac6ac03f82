"""A worker killed in the middle of an import leaves nothing half, and the next one does it all."""

import os
import signal

from tests.core.test_jobs import started, wait_for

SLOW = "tests.imports.slow_import"
ROWS = 20


def counts(place):
    return place.query(
        "select (select count(*) from project_worker), (select count(*) from movement),"
        " (select count(*) from person where id in (select person_id from project_worker)),"
        " (select state from import_job)"
    )[0]


def test_a_worker_killed_in_mid_import_leaves_nothing_half(place):
    place.run("prepare")
    place.run("fill", app=SLOW)
    first = place.start("worker", app=SLOW)
    wait_for(lambda: started(place))
    assert counts(place) == (0, 0, 0, "IMPORTING"), "written, but by nobody to be seen"

    os.kill(first.pid, signal.SIGKILL)
    first.wait(timeout=10)
    assert counts(place) == (0, 0, 0, "IMPORTING")
    (place.folder / "go").touch()
    second = place.start("worker", app=SLOW)
    wait_for(lambda: place.query("select 1 from job_run where state = 'DONE'"))

    assert counts(place) == (ROWS, ROWS, ROWS, "DONE")
    assert started(place) == [str(first.pid), str(second.pid)]
    assert place.query("select imported from import_job") == [(ROWS,)]
    second.send_signal(signal.SIGTERM)
    second.communicate(timeout=30)
    assert second.returncode == 0
