"""Every dependency we chose is pinned with hashes and has its reason."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAME = re.compile(r"^([A-Za-z0-9][\w.-]*)", re.MULTILINE)
PIN = re.compile(r"^([a-z0-9][\w.-]*)(?:\[[\w,]+\])?==\S+ \\\n\s+--hash=sha256:", re.MULTILINE)


def plain(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def chosen(file):
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    return {plain(NAME.match(line)[1]) for line in lines if line and line[0] not in "#-"}


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_what_we_chose_is_pinned_with_hashes(name):
    pinned = {plain(found) for found in PIN.findall((ROOT / f"{name}.txt").read_text())}
    assert chosen(f"{name}.in") <= pinned


def test_each_dependency_has_its_reason():
    text = (ROOT / "docs" / "adr" / "0001-dependencies.md").read_text(encoding="utf-8")
    explained = {
        plain(row.split()[0]) for row in re.findall(r"^\| ([\w-]+[^|]*)\|", text, re.MULTILINE)
    }
    assert chosen("requirements.in") | chosen("requirements-dev.in") <= explained
