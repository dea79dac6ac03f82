"""What a model declares stands on every page of every view, or the view says why not (D3)."""

import subprocess
import sys

from app.core import generated
from app.core.columns.base import specs
from tests.house.test_strangers import model_views
from tests.places import ROOT


def test_every_declared_column_stands_in_form_and_detail_or_is_left_out_by_name(app):
    for view in model_views(app):
        left_out, model = set(view.left_out), view.model
        assert left_out <= set(specs(model)), f"{view} leaves out what is not declared"
        if view.add_service or view.edit_service:
            entered = generated.named([*view.form_sections, *view.edit_sections])
            assert not generated.unnamed(model, generated.enterable, entered | left_out), view
        shown = generated.named(view.show_sections)
        assert not generated.unnamed(model, generated.readable, shown | left_out), view


def test_a_column_more_in_every_table_stands_on_every_page_at_every_door(tmp_path):
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "tests.house.added_column",
         "-p", "no:cacheprovider", f"--basetemp={tmp_path / 'apart'}",
         "tests/house/one_more_column.py"],
        cwd=ROOT, capture_output=True, text=True, timeout=400, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout[-5000:]
