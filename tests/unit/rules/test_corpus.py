"""Real files from public projects: no rule breaks down on any, whatever they hold."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from scfdeploy.config import LoadOptions, load_project
from scfdeploy.rules import check
from tests.support.corpus import dummy_value

_BESIDE = Path(__file__).parents[4] / "shared" / "corpus" / "serverless"
CORPUS = Path(os.environ.get("SCFDEPLOY_CORPUS", _BESIDE))
FILES = sorted(CORPUS.glob("*.y*ml")) if CORPUS.is_dir() else []

# What is wrong with files for want of the code that belongs to them.
ABOUT_CODE = {"handler-not-in-source", "bootstrap-missing", "source-syntax"}
# Errors that were read and found true: empty values, which the API does not take, and an instance left empty.
TRUE_ERRORS = {"environment-empty-value", "ckafka-instance"}


@pytest.mark.skipif(not FILES, reason="the corpus of real files is not here (SCFDEPLOY_CORPUS)")
def test_real_files_have_only_true_errors(tmp_path: Path) -> None:
    errors: dict[str, list[str]] = {}
    for index, file in enumerate(FILES):
        folder = tmp_path / str(index)
        folder.mkdir()
        text = file.read_text(encoding="utf-8")
        (folder / "serverless.yml").write_text(text, encoding="utf-8")
        environ = {name: dummy_value(name) for name in re.findall(r"\$\{env:(\w+)\}", text)}
        project = load_project(".", LoadOptions(environ=environ, cwd=str(folder))).project
        for found in check(project) if project is not None else ():
            assert found.rule != "rule-crashed", f"{file.name}: {found.detail}"
            if found.severity == "error" and found.rule not in ABOUT_CODE:
                errors.setdefault(found.rule, []).append(f"{file.name}: {found.subject}: {found.detail}")

    assert set(errors) <= TRUE_ERRORS, errors
