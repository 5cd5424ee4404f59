"""A pattern of `src.exclude` that matches nothing is reported, with the reason if its text shows it."""

from pathlib import Path

import pytest

from scfdeploy.diagnostics import Span
from tests.support.packaging import folder, outcome, write_tree

_FILES = dict.fromkeys(["index.py", "docs/d.md", "tests/t.py", "tests/unit/u.md"], "x")


def _unused(tree: Path, cache: Path, *exclude: str) -> list[tuple[str, str]]:
    bundle, found = outcome(folder(tree, exclude=exclude), cache)
    assert bundle is not None
    assert {(each.rule, each.severity) for each in found} <= {("exclude-unused", "warning")}
    return [(each.detail.split('"')[1], each.detail) for each in found]


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("nothing/**", "matches it."),
        ("{tests,docs/**", "not balanced"),
        ("tests,docs}/**", "not balanced"),
        ("+(tests|docs", "not balanced"),
        ("[tests", "not balanced"),
        ("tests\\\\**", "backslash"),
        ("tests\\unit", "backslash"),
        ("code/docs/**", 'relative to "code"'),
        ("./code/docs", 'relative to "code"'),
        ("../tests/**", "outside"),
        ("{tests, docs2}/x", "Spaces in braces"),
        ("*.lgo,*.tmp", "comma"),
        ("#tests", "comment"),
        ("!nothing", "includes nothing again"),
    ],
)
def test_unused_pattern_is_reported_with_its_reason(tmp_path: Path, pattern: str, reason: str) -> None:
    tree = write_tree(tmp_path / "code", _FILES)
    for _ in range(2):  # the second run answers from its notes
        ((named, detail),) = _unused(tree, tmp_path / "cache", "docs/*", pattern)
        assert named == pattern.replace("\\\\", "\\\\")
        assert reason in detail


def test_each_unused_pattern_is_reported_at_its_position(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "code", _FILES)
    places = tuple(Span.at("serverless.yml", line, 9) for line in (10, 11, 12))
    _, found = outcome(folder(tree, exclude=("a/", "docs/", "b/"), exclude_spans=places), tmp_path / "cache")
    assert [each.subject for each in found] == [places[0], places[2]]


@pytest.mark.parametrize(
    "pattern",
    [
        ".git/**",
        ".env",
        "**/.env.*",
        "__pycache__/",
        "**/__pycache__/**",
        ".scfdeploy",
        "serverless.yml",
        "",
        "# a note",
    ],
)
def test_pattern_that_names_unpacked_files_is_not_reported(tmp_path: Path, pattern: str) -> None:
    assert _unused(write_tree(tmp_path / "code", _FILES), tmp_path / "cache", pattern) == []


def test_pattern_that_matches_only_unpacked_files_is_not_reported(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "code", {**_FILES, ".env": "A=1"})
    assert _unused(tree, tmp_path / "cache", ".*") == []


@pytest.mark.parametrize("pattern", ["**/*.md", "tests/unit/**", "tests/unit/u.md"])
def test_pattern_that_matches_inside_an_excluded_folder_is_not_reported(tmp_path: Path, pattern: str) -> None:
    tree = write_tree(tmp_path / "code", {"index.py": "", "tests/unit/u.md": ""})
    for _ in range(2):
        assert _unused(tree, tmp_path / "cache", "tests/**", pattern) == []


def test_pattern_becomes_unused_when_its_folder_is_removed(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "code", _FILES)
    assert _unused(tree, tmp_path / "cache", "docs/") == []
    (tree / "docs" / "d.md").unlink()
    (tree / "docs").rmdir()
    assert [pattern for pattern, _ in _unused(tree, tmp_path / "cache", "docs/")] == ["docs/"]


def test_many_unused_patterns_are_counted(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "code", _FILES)
    reported = _unused(tree, tmp_path / "cache", *(f"gone{number}/" for number in range(100)))
    assert len(reported) == 20
    assert "80 more patterns" in reported[-1][1]
