"""Files that are excluded from an archive."""

from pathlib import Path

import pytest

from tests.support.packaging import folder, names, packed, refused, write_tree


def _packed_names(tmp_path: Path, files: list[str], *exclude: str) -> list[str]:
    tree = write_tree(tmp_path / "code", dict.fromkeys(files, "x"))
    return names(packed(folder(tree, exclude=exclude), tmp_path / "cache"))


def test_secrets_history_and_caches_are_never_packed(tmp_path: Path) -> None:
    never = [
        ".env",
        ".env.production",
        "lib/.env.local",
        ".git/config",
        "lib/.git",
        ".scfdeploy/cache/x",
        "lib/__pycache__/a.cpython-311.pyc",
        ".DS_Store",
        "serverless.yml",
    ]
    kept = [".gitignore", "env.py", "legacy.pyc", "lib/serverless.yml"]
    assert _packed_names(tmp_path, never + kept) == kept


@pytest.mark.parametrize("exclude", [(), (".venv/**", "venv"), ("!*.py",)])
def test_virtual_environment_is_not_packed(tmp_path: Path, exclude: tuple[str, ...]) -> None:
    code = tmp_path / "code"
    write_tree(code, {"lib/venv/pyvenv.cfg": "", ".venv/pyvenv.cfg": "", ".venv/lib/six.py": "", "venv/pyvenv.cfg": ""})
    (code / ".venv" / "bin").mkdir()
    (code / ".venv" / "bin" / "python").symlink_to("/usr/bin/env")
    assert _packed_names(tmp_path, ["index.py", "env/settings.py"], *exclude) == ["env/settings.py", "index.py"]


def test_negated_pattern_does_not_include_files_that_are_never_packed(tmp_path: Path) -> None:
    assert _packed_names(tmp_path, [".env", "a.py"], "!.env") == ["a.py"]


@pytest.mark.parametrize(
    ("exclude", "left"),
    [
        (["*.md"], ["docs/api.txt", "index.js", "node_modules/a/a.js", "node_modules/b/b.js"]),
        (["node_modules/"], ["docs/api.md", "docs/api.txt", "index.js", "read.md"]),
        (["./node_modules/**", "/read.md"], ["docs/api.md", "docs/api.txt", "index.js"]),
        (["*", "!*.js"], ["index.js", "node_modules/a/a.js", "node_modules/b/b.js"]),
        (["node_modules/**", "!node_modules/b/**", "*.md", "docs"], ["index.js", "node_modules/b/b.js"]),
        (["# a comment", "", "docs/*", "!./docs/api.txt", "*.md", "*.js"], ["docs/api.txt"]),
    ],
)
def test_exclude_works_as_a_gitignore_file(tmp_path: Path, exclude: list[str], left: list[str]) -> None:
    files = ["docs/api.md", "docs/api.txt", "index.js", "node_modules/a/a.js", "node_modules/b/b.js", "read.md"]
    first = _packed_names(tmp_path, files, *exclude)
    assert first == left
    assert _packed_names(tmp_path, files, *exclude) == left


def test_new_files_are_matched_despite_remembered_decisions(tmp_path: Path) -> None:
    assert _packed_names(tmp_path, ["a.js", "a.md"], "*.md") == ["a.js"]
    assert _packed_names(tmp_path, ["b.js", "b.md"], "*.md") == ["a.js", "b.js"]


@pytest.mark.parametrize("pattern", ["!", "[z-a]"])
def test_invalid_pattern_is_reported(tmp_path: Path, pattern: str) -> None:
    tree = write_tree(tmp_path / "code", {"a.py": ""})
    found = refused(folder(tree, exclude=("*.md", pattern)), tmp_path / "cache")
    assert found.rule == "exclude-invalid"
    assert f'"{pattern}"' in found.detail


def test_excluding_all_files_is_an_error(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "code", {"a.py": ""})
    found = refused(folder(tree, exclude=("*",), bootstrap="#!/bin/sh\n"), tmp_path / "cache")
    assert found.rule == "code-empty"
