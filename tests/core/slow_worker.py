"""An application with one slow job, for the tests that kill its worker."""

import os
import time
from pathlib import Path

from sqlalchemy import insert

from app import create_app
from app.core.jobs import Run, job
from app.core.settings import Setting
from app.extensions import db

FOLDER = Path(os.environ["VAR"])
MARK, GO = FOLDER / "started", FOLDER / "go"


@job("tests.slow")
def slow(run: Run, key: str) -> int:
    """Write a row, say so, then wait for leave to end."""
    db.session.execute(insert(Setting).values(key=key, value=os.getpid()))
    run.progress(1, 2, "half")
    with MARK.open("a", encoding="utf-8") as out:
        out.write(f"{os.getpid()}\n")
    while not GO.exists():
        time.sleep(0.05)
    return 1


app = create_app()
