"""One step of work in a process of its own, as a worker is one, and what it takes.

``python -m bench.stepping check 12`` checks the import 12 and prints milliseconds, seconds of the
processor and the peak of its memory. Nothing is loaded that a worker does not load.
"""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from app import create_app
from app.core import scope, sheets
from app.core.acting import acting
from app.core.jobs import worker
from app.extensions import db
from app.imports import services
from app.imports.models import ImportJob
from app.projects.models import Project

KIBIBYTES = 1024
EXPORTED = 20_000
HERE = "/workerview/export/"
City = dict[str, int]


def upload(city: City, actor: scope.Principal, path: str) -> int:
    """Read the workbook and keep it, as the page does."""
    project = db.session.get_one(Project, city["project"])
    with Path(path).open("rb") as stream:
        job = services.start_import("T3", project, stream, Path(path).name, actor=actor)
    db.session.commit()
    return int(job.id)


def check(_city: City, actor: scope.Principal, number: str) -> int:
    """Check its rows."""
    job = db.session.get_one(ImportJob, int(number))
    services.check_import(job, actor=actor)
    db.session.commit()
    return int(job.passed)


def run(_city: City, actor: scope.Principal, number: str) -> int:
    """Write its rows."""
    job = db.session.get_one(ImportJob, int(number))
    services.run_import(job, actor=actor)
    db.session.commit()
    return int(job.imported)


def export(_city: City, _actor: scope.Principal, _nothing: str) -> int:
    """Export the roster of the city: read, masked, written."""
    view = worker_view()
    keys = view.export_keys(EXPORTED)
    body = view.export_rows(keys)
    return len(sheets.workbook(view.export_title(), view.export_head(), body))


def worker_view() -> Any:
    """Give the list of workers of the running program."""
    from flask import current_app

    views = current_app.extensions["appbuilder"].baseviews
    return next(view for view in views if type(view).__name__ == "WorkerView")


def idle(_city: City, _actor: scope.Principal, _nothing: str) -> int:
    """Do nothing: what a worker process weighs by itself."""
    return 0


STEPS = {"upload": upload, "check": check, "run": run, "export": export, "idle": idle}
WHO = {"export": "official"}  # all others are a contractor's


def main(step: str, given: str = "") -> None:
    """Do one step and print what it took."""
    var = Path(os.environ["VAR"])
    city: City = json.loads((var / "city.json").read_text())["city"]
    app = create_app(VAR=var, DEMO=False)
    worker.settle()
    with app.test_request_context(HERE), acting(city[WHO.get(step, "tenant")]) as actor:
        began, busy = time.perf_counter(), time.process_time()
        answer = STEPS[step](city, actor, given)
        took, used = time.perf_counter() - began, time.process_time() - busy
    print(json.dumps({"answer": answer, "ms": took * 1000, "cpu": used, "mib": peak()}))  # noqa: T201


def peak() -> float:
    """Give the most memory this program has had, not who started it."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status["VmHWM"].split()[0]) / KIBIBYTES


if __name__ == "__main__":
    main(*sys.argv[1:])
