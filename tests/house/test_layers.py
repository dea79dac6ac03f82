"""Imports point down: between domains, inside a domain, and never to another's edges."""

import subprocess
import sys
from pathlib import Path

import grimp

from app.domains import DOMAINS

ROOT = Path(__file__).resolve().parents[2]
EDGES = {"views", "openapi", "sheets", "jobs", "commands", "receivers", "forms"}
START = {"app", "app.menu", "app.domains", "app.commands"}


def test_the_contracts_of_import_linter_hold():
    checked = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports"))],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stdout


def domain_of(module):
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[1] in DOMAINS else None


def is_edge(module):
    parts = module.split(".")
    return len(parts) > 2 and parts[2] in EDGES


def test_no_domain_imports_the_edges_of_another():
    graph = grimp.build_graph("app")
    wrong = [
        (importer, imported)
        for importer in graph.modules - START
        for imported in graph.find_modules_directly_imported_by(importer)
        if domain_of(imported) not in {None, "core", domain_of(importer)} and is_edge(imported)
    ]
    assert wrong == []


def test_the_core_knows_no_domain():
    graph = grimp.build_graph("app")
    wrong = [
        (importer, imported)
        for importer in graph.modules
        if domain_of(importer) == "core"
        for imported in graph.find_modules_directly_imported_by(importer)
        if domain_of(imported) not in {None, "core"}
    ]
    assert wrong == []
