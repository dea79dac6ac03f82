"""What a deployment sets in the environment is read in one place, and one way."""

import re
import runpy
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
READ = re.compile(r"os\.environ(?:\.get\(|\[)|getenv\(")


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("LOG_LEVEL", "warning", "WARNING"),
        ("JOB_THREADS", "5", 5),
        ("JOB_STALL_SECONDS", "7", 7.0),
        ("RATELIMIT_STORAGE_URI", "redis://counts:6379", "redis://counts:6379"),
    ],
)
def test_a_setting_of_the_environment_is_one_of_the_configuration(
    monkeypatch, name, given, expected
):
    monkeypatch.setenv(name, given)

    assert getattr(runpy.run_path(str(ROOT / "config.py"))["Config"], name) == expected


def test_the_program_reads_no_setting_past_its_configuration():
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sorted((ROOT / "app").rglob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if READ.search(line)
    ]

    assert found == []


@pytest.mark.parametrize(
    ("given", "made"), [("n", False), ("off", False), ("0", False), ("1", True), ("", True)]
)
def test_serving_reads_whether_to_make_the_city_as_the_program_does(
    monkeypatch, capsys, given, made
):
    monkeypatch.setenv("DEMO", given)
    serve = runpy.run_path(str(ROOT / "tools" / "serve.py"))
    serve["prepare"].__globals__["FLASK"] = [sys.executable, "-c", "print('{}')"]

    serve["prepare"]()

    assert ("demonstration city" in capsys.readouterr().out) is made
