"""Real files of all supported kinds: those without errors are planned, applied, and then unchanged."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from tests.support.command import scfdeploy
from tests.support.corpus import ABSENT, RealFile, arguments_for, prepare, real_files, without_gateways
from tests.support.local_server import LocalServer
from tests.support.sampling import sample

DEPLOYED = ("component-scf", "multi-scf", "http/framework", "layer")
FILES = sample([file for file in real_files() if file.dialect in DEPLOYED], every=3)
REFUSED = Path(__file__).with_name("corpus_refused.tsv")

pytestmark = pytest.mark.skipif(not FILES, reason=ABSENT)


def test_real_files_are_deployed_or_refused_for_a_known_reason(tmp_path: Path, cloud: LocalServer) -> None:
    refused = {}
    counts: Counter[str] = Counter()
    for number, file in enumerate(FILES):
        reasons = deploy(file, file.text, tmp_path / str(number) / "project", cloud)
        counts[f"{file.dialect}: {'refused' if reasons else 'deployed'}"] += 1
        if reasons:
            refused[file.name] = reasons
    print(*(f"{words} {count}" for words, count in sorted(counts.items())), sep="\n")
    assert refused == known("as it is")


def test_without_their_gateways_more_real_files_are_deployed(tmp_path: Path, cloud: LocalServer) -> None:
    refused = {}
    retired = [file for file in FILES if "apigw-retired" in known("as it is").get(file.name, ())]
    for number, file in enumerate(retired):
        reasons = deploy(file, without_gateways(file.text), tmp_path / str(number) / "project", cloud)
        if reasons:
            refused[file.name] = reasons
    print(f"without their gateways: {len(retired) - len(refused)} of {len(retired)} are deployed")
    assert refused == known("without gateways")


def deploy(file: RealFile, text: str, folder: Path, cloud: LocalServer) -> tuple[str, ...]:
    """The ids of the errors that forbid it; none when it was applied, and is as it says."""
    arguments = [str(prepare(folder, text)), *arguments_for(text)]
    cloud.control("reset", {})
    checked = scfdeploy("validate", *arguments, "--format", "json").document
    reasons = {found["rule"] for found in checked["diagnostics"] if found["severity"] == "error"}
    if reasons:
        return tuple(sorted(reasons))
    applied = scfdeploy("apply", *arguments, "--yes", "--no-hook", env=cloud.env)
    if applied.exit_code == 3:  # what only packing can find
        return tuple(sorted(set(re.findall(r" error: .* \[([a-z-]+)", applied.stderr))))
    assert applied.exit_code == 0, f"{file.name}:\n{applied.stdout}{applied.stderr}"
    again = scfdeploy("plan", *arguments, "--no-hook", "--detailed-exitcode", env=cloud.env)
    assert again.exit_code == 0, f"{file.name}:\n{again.stdout}{again.stderr}"
    return ()


def known(how: str) -> dict[str, tuple[str, ...]]:
    """Which of the files are refused, and why."""
    names = {file.name for file in FILES}
    rows = csv.DictReader(REFUSED.read_text(encoding="utf-8").splitlines(), delimiter="\t")
    return {row["file"]: tuple(row["errors"].split()) for row in rows if row["how"] == how and row["file"] in names}
