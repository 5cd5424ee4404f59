"""Each folder here is a file in an older form, what `migrate` says of it and shows, and the file in today's form."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from scfdeploy.operations.migrate import MigrateOptions, migrate
from scfdeploy.report.text import TextStyle, render_output

_HERE = Path(__file__).parent
_CASES = sorted(path.parent for path in _HERE.glob("*/before.yml"))
_FILES = ("after.yml", "diff.txt", "diagnostics.txt")
_LOOK = TextStyle(color=False, width=100)


def made_of(case: Path, folder: Path) -> dict[str, str]:
    shutil.copyfile(case / "before.yml", folder / "serverless.yml")
    shown = render_output(migrate("serverless.yml", str(folder), MigrateOptions()), _LOOK)
    migrate("serverless.yml", str(folder), MigrateOptions(write=True))
    return {
        "after.yml": (folder / "serverless.yml").read_text("utf-8"),
        "diff.txt": shown.out,
        "diagnostics.txt": shown.err,
    }


@pytest.mark.parametrize("case", _CASES, ids=lambda case: case.name)
def test_migration_is_as_recorded(case: Path, tmp_path: Path, update_golden: bool) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    made = made_of(case, folder)
    if update_golden:
        for name, text in made.items():
            (case / name).write_text(text, "utf-8")
    assert made == {name: (case / name).read_text("utf-8") for name in _FILES}


@pytest.mark.parametrize("case", _CASES, ids=lambda case: case.name)
def test_migrating_again_changes_nothing(case: Path, tmp_path: Path) -> None:
    shutil.copyfile(case / "after.yml", tmp_path / "serverless.yml")

    again = migrate(".", str(tmp_path), MigrateOptions(write=True))

    assert not any(one.changed for one in again.files)
    assert (tmp_path / "serverless.yml").read_text("utf-8") == (case / "after.yml").read_text("utf-8")
