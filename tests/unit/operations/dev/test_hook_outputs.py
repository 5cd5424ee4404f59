"""Files that hooks write do not count as changes, and those that people write do."""

from __future__ import annotations

import os
from pathlib import Path

from scfdeploy.operations.dev.hook_outputs import HookOutputs


def write(path: Path, moment: int) -> str:
    """Write a file at a moment that no other write has."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(str(moment))
    os.utime(path, ns=(moment, moment))
    return str(path)


def test_created_file_is_an_output(tmp_path: Path) -> None:
    outputs, folders = HookOutputs(), [str(tmp_path)]
    source = write(tmp_path / "index.ts", 1)
    outputs.begin(folders)
    built = write(tmp_path / "index.js", 2)
    outputs.end(folders)

    assert outputs.without_outputs([built, source]) == {source}


def test_file_in_a_created_folder_is_an_output(tmp_path: Path) -> None:
    outputs = HookOutputs()
    outputs.begin([str(tmp_path)])
    built = write(tmp_path / "dist" / "index.js", 1)
    outputs.end([str(tmp_path), str(tmp_path / "dist")])

    assert outputs.without_outputs([built, str(tmp_path / "dist")]) == set()
    outputs.begin([str(tmp_path), str(tmp_path / "dist")])
    built = write(tmp_path / "dist" / "index.js", 2)
    outputs.end([str(tmp_path), str(tmp_path / "dist")])
    assert outputs.without_outputs([built]) == set()


def test_output_that_is_edited_later_is_a_change(tmp_path: Path) -> None:
    outputs, folders = HookOutputs(), [str(tmp_path)]
    outputs.begin(folders)
    built = write(tmp_path / "index.js", 1)
    outputs.end(folders)
    write(tmp_path / "index.js", 2)

    assert outputs.without_outputs([built]) == {built}


def test_source_saved_during_a_later_hook_is_a_change(tmp_path: Path) -> None:
    outputs, folders = HookOutputs(), [str(tmp_path)]
    source = write(tmp_path / "index.ts", 1)
    outputs.begin(folders)
    outputs.end(folders)
    outputs.begin(folders)
    write(tmp_path / "index.ts", 2)
    outputs.end(folders)

    assert outputs.without_outputs([source]) == {source}


def test_output_of_an_earlier_program_run_is_known_from_the_first_hook(tmp_path: Path) -> None:
    outputs, folders = HookOutputs(), [str(tmp_path)]
    write(tmp_path / "index.js", 1)
    outputs.begin(folders)
    built = write(tmp_path / "index.js", 2)
    outputs.end(folders)

    assert outputs.without_outputs([built]) == set()
