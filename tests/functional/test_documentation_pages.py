"""What the tutorial and the how-to guides say is what happens: each page is followed in an empty folder."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.command import scfdeploy
from tests.support.documentation import Page, Reader, mismatch, read_page
from tests.support.local_server import local_server
from tests.support.scripts import ROOT

DOCS = ROOT / "docs"
PAGES = sorted(page for folder in ("tutorial", "how-to", "explanation") for page in (DOCS / folder).glob("*.md"))
# Why a block of a page that is followed need not run.
REASONS = {
    "installs scfdeploy",
    "needs a repository on GitHub",
    "needs an account",
    "needs fish",
    "needs scfdeploy from a commit",
    "needs Terraform",
    "runs until Ctrl-C",
}


def page_of(file: Path) -> Page:
    return read_page(file.read_text(encoding="utf-8"))


def runs(file: Path) -> bool:
    return any(block.language in ("sh", "console") and not block.skipped for block in page_of(file).blocks)


FOLLOWED = [page for page in PAGES if runs(page)]


@pytest.mark.waits("for the local server that --local starts")
@pytest.mark.parametrize("file", FOLLOWED, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_page_can_be_followed_word_by_word(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = page_of(file)
    folder = tmp_path / "folder"
    folder.mkdir()
    with local_server() as server:
        done = Reader(folder, monkeypatch, server.env if page.uses_cloud else {}).follow(page)

    assert [command for command in done if "scfdeploy " in command]


@pytest.mark.parametrize("file", PAGES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_blocks_are_skipped_for_known_reasons_only(file: Path) -> None:
    skipped = {block.skipped for block in page_of(file).blocks if block.skipped}

    assert skipped <= REASONS


def test_commands_of_pages_are_written_in_blocks_that_run() -> None:
    """A command in another kind of block would be shown and never run."""
    for file in PAGES:
        for block in page_of(file).blocks:
            if block.language not in ("sh", "console"):
                assert not re.search(r"^\$? ?scfdeploy ", block.text, re.MULTILINE), f"{file.name}:{block.line}"


@pytest.mark.parametrize(
    ("shown", "stdout", "stderr", "fits"),
    [
        ("Done", "Done\n", "", True),
        ("Done", "Done\nmore\n", "", False),
        ("Done\n…", "Done\nmore\n", "", True),
        ("created in … s", "created in 0.2 s\n", "", True),
        ("warning: old\nDone", "Done\n", "warning: old\nprogress\n", True),
        ("warning: new\nDone", "Done\n", "warning: old\n", False),
        ("", "anything\n", "", True),
    ],
)
def test_output_is_compared_as_a_reader_would(shown: str, stdout: str, stderr: str, fits: bool) -> None:
    assert (mismatch(shown.split("\n"), stdout, stderr) == "") is fits


EXAMPLES = [
    pytest.param(block.text, id=f"{file.parent.name}/{file.stem}:{block.line}")
    for file in sorted(DOCS.rglob("*.md"))
    if not {"rules", "keys", "zh"} & set(file.parts)  # findings and keys have tests of their own
    for block in page_of(file).blocks
    if block.language == "yaml"
    and not block.title
    and re.match(r"(?:#.*\n)*(component|inputs|src|vpcConfig):", block.text)
]


@pytest.mark.parametrize("text", EXAMPLES)
def test_part_of_a_file_is_understood(text: str, tmp_path: Path) -> None:
    """Files and variables that an example names are not there; its keys and the kinds of its values are right."""
    if not re.match(r"(?:#.*\n)*(component|inputs):", text):
        text = "inputs:\n" + "".join(f"  {line}\n" for line in text.splitlines())
    if "component:" not in text:
        text = f"component: scf\nname: example\n{text}"
    (tmp_path / "serverless.yml").write_text(text, encoding="utf-8")

    found = scfdeploy("validate", tmp_path, "--format", "json").document["diagnostics"]

    wrong = {
        "unknown-key",
        "wrong-type",
        "value-not-allowed",
        "not-indented",
        "missing-indentation",
        "field-for-other-type",
    }
    assert [one["detail"] for one in found if one["rule"] in wrong or one["rule"].startswith("yaml-")] == []


def test_examples_of_parts_are_found() -> None:
    assert len(EXAMPLES) > 5
