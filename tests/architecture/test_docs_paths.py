"""Every path that the documents for contributors name exists, and every page that the code names."""

from __future__ import annotations

import re

import pytest

from tests.support.scripts import ROOT

_PATH = re.compile(r"`((?:[\w.-]+/)+(?:[\w.-]+\.\w+)?|(?:[\w.-]+/)*[\w-]+\.py)`")
_ROOTS = ("", "scfdeploy", "tests/fuzz", "tests/fuzz/targets", "tests/support", "scfdeploy/config/components")
_PAGE = re.compile(r"docs/[\w./-]+\.md")
_CODE = ("scfdeploy/**/*.py", "scripts/**/*.py", "action/*", "templates/**/*", ".github/**/*.yml", "*")
_GENERATED = (".fuzz/", ".scfdeploy/")


@pytest.mark.parametrize("document", ["docs/explanation/architecture.md", "CONTRIBUTING.md"])
def test_paths_in_document_exist(document: str) -> None:
    named = _PATH.findall((ROOT / document).read_text(encoding="utf-8"))
    missing = {
        path for path in named if path not in _GENERATED and not any((ROOT / root / path).exists() for root in _ROOTS)
    }
    assert len(named) > 20
    assert missing == set()


def test_pages_that_the_code_names_exist() -> None:
    files = [file for pattern in _CODE for file in ROOT.glob(pattern) if file.is_file() and file.suffix != ".pyc"]
    texts = {file.relative_to(ROOT).as_posix(): file.read_text(encoding="utf-8", errors="replace") for file in files}
    named = {(file, page) for file, text in texts.items() for page in _PAGE.findall(text)}
    assert {file for file, _ in named} >= {"Dockerfile", "pyproject.toml"}
    assert sorted((file, page) for file, page in named if not (ROOT / page).exists()) == []
