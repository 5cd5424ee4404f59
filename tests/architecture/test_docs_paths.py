"""Every path that the documents for contributors name exists."""

from __future__ import annotations

import re

import pytest

from tests.support.scripts import ROOT

_PATH = re.compile(r"`((?:[\w.-]+/)+(?:[\w.-]+\.\w+)?|(?:[\w.-]+/)*[\w-]+\.py)`")
_ROOTS = ("", "scfdeploy", "tests/fuzz", "tests/fuzz/targets", "tests/support", "scfdeploy/config/components")
_GENERATED = (".fuzz/", ".scfdeploy/")


@pytest.mark.parametrize("document", ["docs/explanation/architecture.md", "CONTRIBUTING.md"])
def test_paths_in_document_exist(document: str) -> None:
    named = _PATH.findall((ROOT / document).read_text(encoding="utf-8"))
    missing = {
        path for path in named if path not in _GENERATED and not any((ROOT / root / path).exists() for root in _ROOTS)
    }
    assert len(named) > 20
    assert missing == set()
