"""Paths that are packed although they are excluded or outside the folder."""

from pathlib import Path

import pytest

from tests.support.packaging import entries, folder, names, outcome, packed, refused, write_tree


def _project(tmp_path: Path) -> Path:
    write_tree(tmp_path / "shared", {"util.py": "util", "more/deep.py*": "deep", ".env": "secret"})
    return write_tree(tmp_path / "code", {"index.py": "", "build/a.js": "a", "build/b.js": "b"})


def test_excluded_path_in_include_is_packed(tmp_path: Path) -> None:
    source = folder(_project(tmp_path), exclude=("build/",), include=("./build/a.js",))
    assert names(packed(source, tmp_path / "cache")) == ["build/a.js", "index.py"]


def test_path_outside_is_packed_without_leading_dots(tmp_path: Path) -> None:
    source = folder(_project(tmp_path), exclude=("*",), include=("../shared", "../shared/util.py"))
    assert entries(packed(source, tmp_path / "cache")) == {
        "shared/more/deep.py": (0o755, b"deep"),
        "shared/util.py": (0o644, b"util"),
    }


@pytest.mark.parametrize(
    ("path", "prefix", "expected"),
    [
        ("./build", "../", ["a.js", "b.js", "index.py"]),
        ("./build", "./lib", ["build/lib/a.js", "build/lib/b.js", "index.py"]),
        ("build", "../lib/", ["index.py", "lib/a.js", "lib/b.js"]),
        ("build/a.js", "../", ["a.js", "index.py"]),
        ("build/a.js", "lib", ["build/lib/a.js", "index.py"]),
        ("../shared/more", "../..", ["index.py", "more/deep.py"]),
        ("../shared/util.py", "/../lib", ["index.py", "lib/util.py"]),
    ],
)
def test_prefix_comes_after_first_folder_of_name(tmp_path: Path, path: str, prefix: str, expected: list[str]) -> None:
    source = folder(_project(tmp_path), exclude=("build/",), include=(path,), include_prefixes=(prefix,))
    assert names(packed(source, tmp_path / "cache")) == expected


def test_prefix_changes_the_archive_of_unchanged_files(tmp_path: Path) -> None:
    tree = _project(tmp_path)
    for prefix in ("../", "lib"):
        source = folder(tree, exclude=("build/",), include=("build",), include_prefixes=(prefix,))
        prefixed = names(packed(source, tmp_path / "cache"))
    assert prefixed == ["build/lib/a.js", "build/lib/b.js", "index.py"]


def test_file_with_prefix_that_takes_the_place_of_another_is_rejected(tmp_path: Path) -> None:
    tree = write_tree(_project(tmp_path), {"build/index.py": "other"})
    source = folder(tree, exclude=("build/",), include=("build",), include_prefixes=("../",))
    assert refused(source, tmp_path / "cache").rule == "include-clash"


def test_file_with_the_content_of_the_other_of_its_name_is_no_clash(tmp_path: Path) -> None:
    tree = write_tree(_project(tmp_path), {"util.py": "util"})
    source = folder(tree, exclude=("build/",), include=("../shared/util.py",), include_prefixes=("../",))
    assert names(packed(source, tmp_path / "cache")) == ["index.py", "util.py"]
    (tree / "util.py").write_text("UTIL")
    assert refused(source, tmp_path / "cache").rule == "include-clash"


def test_absolute_path_is_reduced_to_its_last_name(tmp_path: Path) -> None:
    source = folder(_project(tmp_path), exclude=("*",), include=(str(tmp_path / "shared" / "more"),))
    assert names(packed(source, tmp_path / "cache")) == ["more/deep.py"]


def test_serverless_yml_is_packed_only_when_included_by_name(tmp_path: Path) -> None:
    tree = write_tree(_project(tmp_path), {"serverless.yml": "component: scf"})
    assert "serverless.yml" in names(packed(folder(tree, include=("serverless.yml",)), tmp_path / "cache"))


@pytest.mark.parametrize(
    ("include", "rule", "words"),
    [
        ("../shared/.env", "include-forbidden", ".env"),
        (".git/config", "include-forbidden", ".git/config"),
        ("..", "include-invalid", "the folder itself or a parent"),
        (".", "include-invalid", "the folder itself"),
        ("../shard", "include-missing", "../shard"),
        ("build/*.js", "include-missing", "build/*.js"),
        ("no\0name", "include-missing", r"no\x00name"),
    ],
)
def test_invalid_include_is_rejected_by_name(tmp_path: Path, include: str, rule: str, words: str) -> None:
    found = refused(folder(_project(tmp_path), include=(include,)), tmp_path / "cache")
    assert found.rule == rule
    assert words in found.detail


def test_missing_path_suggests_nearest_name(tmp_path: Path) -> None:
    found = refused(folder(_project(tmp_path), include=("../shard",)), tmp_path / "cache")
    assert found.hint == 'Did you mean "shared"?'


def test_link_to_a_secret_cannot_be_included(tmp_path: Path) -> None:
    tree = _project(tmp_path)
    (tmp_path / "settings").symlink_to(tmp_path / "shared" / ".env")
    assert refused(folder(tree, include=("../settings",)), tmp_path / "cache").rule == "include-forbidden"


@pytest.mark.parametrize("path", ["../config", "../history/config", "../hooks", "../lib/config"])
def test_link_into_a_folder_that_is_never_packed_cannot_be_included(tmp_path: Path, path: str) -> None:
    tree = _project(tmp_path)
    write_tree(tmp_path / ".git", {"config": "https://user:token@example.com", "hooks/commit": ""})
    (tmp_path / "lib").mkdir()
    for name, target in (("config", ".git/config"), ("history", ".git"), ("hooks", ".git/hooks")):
        (tmp_path / name).symlink_to(target)
    (tmp_path / "lib" / "config").symlink_to("../.git/config")
    assert refused(folder(tree, include=(path,)), tmp_path / "cache").rule == "include-forbidden"


def test_link_to_other_code_is_included_from_a_project_below_a_hidden_folder(tmp_path: Path) -> None:
    tree = _project(tmp_path / ".scfdeploy-test")
    (tmp_path / ".scfdeploy-test" / "linked").symlink_to("shared/more")
    assert names(packed(folder(tree, exclude=("*",), include=("../linked",)), tmp_path / "cache")) == ["linked/deep.py"]


def test_two_files_with_one_name_are_an_error(tmp_path: Path) -> None:
    tree = write_tree(_project(tmp_path), {"shared/util.py": "another"})
    found = refused(folder(tree, include=("../shared/util.py",)), tmp_path / "cache")
    assert found.rule == "include-clash"
    assert '"shared/util.py"' in found.detail


def test_file_and_folder_with_one_name_are_an_error(tmp_path: Path) -> None:
    tree = _project(tmp_path)
    write_tree(tmp_path, {"build": "not a folder"})
    found = refused(folder(tree, include=("../build",)), tmp_path / "cache")
    assert found.rule == "include-clash"


def test_change_of_included_file_is_detected(tmp_path: Path) -> None:
    source = folder(_project(tmp_path), include=("../shared",))
    before = packed(source, tmp_path / "cache")
    write_tree(tmp_path / "shared", {"util.py": "UTIL"})
    assert packed(source, tmp_path / "cache").sha256 != before.sha256


def test_all_invalid_includes_are_reported_in_one_run(tmp_path: Path) -> None:
    _, found = outcome(folder(_project(tmp_path), include=("one", "two", "..")), tmp_path / "cache")
    assert [each.rule for each in found] == ["include-missing", "include-missing", "include-invalid"]
