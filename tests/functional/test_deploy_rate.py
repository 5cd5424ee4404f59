"""Of the real files that have a function, at least 95 of 100 deploy, repaired and converted where that is needed."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.support.corpus import ABSENT, real_files
from tests.support.deploy_rate import function_files, measure
from tests.support.local_server import LocalServer
from tests.support.sampling import sample

FILES = function_files(real_files())
LEFT = Path(__file__).with_name("corpus_left.tsv")
PARTS = 16
RATE = 0.95

pytestmark = pytest.mark.skipif(not FILES, reason=ABSENT)


@pytest.mark.parametrize("part", sample(range(PARTS), every=4))
def test_real_files_deploy_except_those_with_a_known_reason(part: int, tmp_path: Path, cloud: LocalServer) -> None:
    files = FILES[part::PARTS]
    outcomes = [measure(file, tmp_path / str(at), cloud, until_deployed=True) for at, file in enumerate(files)]

    left = {one.file.name: " ".join(one.reasons["after both"]) for one in outcomes if not one.deploys}
    known = {name: rules for name, (rules, _) in known_left().items()}
    assert left == {file.name: known[file.name] for file in files if file.name in known}


def test_enough_real_files_deploy() -> None:
    left = set(known_left())

    assert left <= {file.name for file in FILES}
    assert (len(FILES) - len(left)) / len(FILES) >= RATE


def known_left() -> dict[str, tuple[str, str]]:
    """The files that do not deploy: the rules that forbid each, and why no command can decide."""
    rows = csv.DictReader(LEFT.read_text(encoding="utf-8").splitlines(), delimiter="\t")
    return {row["file"]: (row["errors"], row["reason"]) for row in rows}
