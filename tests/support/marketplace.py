"""What stands in for actions of others: what each does to the folder of a job, and no more."""

from __future__ import annotations

import fnmatch
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.support.machine import put_python
from tests.support.pipeline_run import Action, ActionError, Place


def marketplace(checkout: Callable[[Path], None]) -> Mapping[str, Action]:
    """The actions that pipelines may use. `checkout` puts the repository's files into a folder."""

    def check_out(place: Place, inputs: Mapping[str, str]) -> Mapping[str, str]:
        _know(inputs, "persist-credentials", "fetch-depth", "ref", "path")
        checkout(place.workspace / inputs.get("path", "."))
        return {}

    return {
        "actions/checkout": check_out,
        "actions/setup-python": _python,
        "actions/setup-node": _nothing,
        "actions/setup-java": _nothing,
        "actions/cache": _nothing,
        "actions/upload-artifact": _upload,
        "actions/download-artifact": _download,
        "actions/attest": _attest,
        "pypa/gh-action-pypi-publish": _publish,
    }


def _know(inputs: Mapping[str, str], *known: str) -> None:
    assert set(inputs) <= set(known), f"unknown inputs {set(inputs) - set(known)}"


def _nothing(_place: Place, _inputs: Mapping[str, str]) -> Mapping[str, str]:
    return {}


def _python(place: Place, inputs: Mapping[str, str]) -> Mapping[str, str]:
    """Any version that is asked for is the one that runs the tests."""
    _know(inputs, "python-version", "update-environment", "cache", "cache-dependency-path", "allow-prereleases")
    folder = place.workspace.parent / "tool" / "python"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("python", "python3"):
        put_python(folder / name)
    if inputs.get("update-environment") != "false":
        place.path.append(str(folder))
    return {"python-path": str(folder / "python"), "python-version": ".".join(map(str, sys.version_info[:3]))}


def _upload(place: Place, inputs: Mapping[str, str]) -> Mapping[str, str]:
    """As the action does: the least folder that holds all files is the root of the artefact, permissions are lost."""
    _know(inputs, "name", "path", "if-no-files-found", "retention-days", "overwrite", "include-hidden-files")
    target = place.artifacts / inputs.get("name", "artifact")
    if target.exists():
        if inputs.get("overwrite") != "true":
            raise ActionError(f"an artefact called {target.name} exists already")
        shutil.rmtree(target)
    hidden = inputs.get("include-hidden-files") == "true"
    files = [file for pattern in inputs["path"].split("\n") if pattern for file in _files(place, pattern, hidden)]
    if not files:
        if inputs.get("if-no-files-found") == "error":
            raise ActionError(f"no files were found with the path {inputs['path']}")
        return {}
    single = len(inputs["path"].split("\n")) == 1 and (place.workspace / inputs["path"]).is_dir()
    root = place.workspace / inputs["path"] if single else files[0].parent
    for file in files:
        copy = target / file.relative_to(root)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)
    return {}


def _files(place: Place, pattern: str, hidden: bool) -> list[Path]:
    start = place.workspace / pattern
    if start.is_dir():
        found = [file for file in sorted(start.rglob("*")) if file.is_file()]
        return [file for file in found if hidden or not any(p.startswith(".") for p in file.relative_to(start).parts)]
    if start.is_file():
        return [start]
    return sorted(file for file in start.parent.glob(start.name) if file.is_file())


def _download(place: Place, inputs: Mapping[str, str]) -> Mapping[str, str]:
    """By name straight into the folder; by pattern into one folder for each."""
    _know(inputs, "name", "pattern", "path", "merge-multiple")
    target = place.workspace / inputs.get("path", ".")
    names = sorted(folder.name for folder in place.artifacts.iterdir())
    if "name" in inputs:
        if inputs["name"] not in names:
            raise ActionError(f"there is no artefact called {inputs['name']}")
        shutil.copytree(place.artifacts / inputs["name"], target, dirs_exist_ok=True)
        return {"download-path": str(target)}
    chosen = [name for name in names if fnmatch.fnmatchcase(name, inputs.get("pattern", "*"))]
    for name in chosen:
        merged = inputs.get("merge-multiple") == "true"
        shutil.copytree(place.artifacts / name, target if merged else target / name, dirs_exist_ok=True)
    return {"download-path": str(target)}


def _publish(place: Place, inputs: Mapping[str, str]) -> Mapping[str, str]:
    """What would be sent to PyPI is what lies in the folder."""
    _know(inputs, "packages-dir", "attestations")
    folder = place.workspace / inputs.get("packages-dir", "dist")
    place.job.printed.extend(f"published {file.name}" for file in sorted(folder.iterdir()))
    return {}


def _attest(place: Place, inputs: Mapping[str, str]) -> Mapping[str, str]:
    """What is said of each file: what it is made of, or where it was built."""
    _know(inputs, "subject-path", "sbom-path")
    said = "provenance"
    if "sbom-path" in inputs:
        if not (place.workspace / inputs["sbom-path"]).is_file():
            raise ActionError(f"there is no file {inputs['sbom-path']}")
        said = inputs["sbom-path"]
    files = _files(place, inputs["subject-path"], hidden=False)
    if not files:
        raise ActionError("could not find subject at path")
    place.job.printed.extend(f"attested {file.name}: {said}" for file in files)
    return {}
