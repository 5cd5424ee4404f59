"""`targetDir` of a layer: the folder in its archive for the files of `src`."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from tests.support.command import scfdeploy

_LAYER = """\
component: layer
name: deps
app: shop
inputs:
  name: deps
  region: ap-shanghai
  runtimes: [Nodejs16.13]
  src:
    src: {src}
    targetDir: {target}
"""


def _project(tmp_path: Path, target: str, src: str = "../node_modules") -> Path:
    package = tmp_path / "node_modules" / "left-pad"
    package.mkdir(parents=True)
    (package / "index.js").write_text("x")
    with zipfile.ZipFile(tmp_path / "ready.zip", "w") as archive:
        archive.writestr("a", "b")
    project = tmp_path / "layer"
    project.mkdir()
    (project / "serverless.yml").write_text(_LAYER.format(src=src, target=target))
    return project


def _content(project: Path) -> list[str]:
    ran = scfdeploy("plan", project, "--local", "--format", "json")
    assert ran.exit_code == 0, ran.stdout + ran.stderr
    assert ran.document["diagnostics"] == []
    (made,) = (project / ".scfdeploy" / "cache" / "archives").iterdir()
    with zipfile.ZipFile(made) as archive:
        return archive.namelist()


@pytest.mark.parametrize(
    ("target", "folder"),
    [
        ("/node_modules", "node_modules/"),
        ("node_modules", "node_modules/"),
        ("./node_modules/", "node_modules/"),
        ("nodejs//node_modules", "nodejs/node_modules/"),
        (r"\nodejs\node_modules", "nodejs/node_modules/"),
        ("/", ""),
        ("./", ""),
        ('""', ""),
    ],
)
def test_layer_with_target_dir_holds_its_files_in_that_folder(tmp_path: Path, target: str, folder: str) -> None:
    assert _content(_project(tmp_path, target)) == [f"{folder}left-pad/index.js"]


@pytest.mark.parametrize("target", ["../x", "a/../../x", r"..\x", "C:/x", '"a\\nb"'])
def test_layer_with_target_dir_outside_is_refused_at_its_place(tmp_path: Path, target: str) -> None:
    ran = scfdeploy("validate", _project(tmp_path, target), "--format", "json")
    assert ran.exit_code == 3
    assert [(one["rule"], one["line"]) for one in ran.document["diagnostics"]] == [("target-dir-invalid", 10)]


def test_layer_with_target_dir_beside_an_archive_is_refused(tmp_path: Path) -> None:
    ran = scfdeploy("validate", _project(tmp_path, "x", src="../ready.zip"), "--format", "json")
    assert [one["rule"] for one in ran.document["diagnostics"]] == ["target-dir-invalid"]


def test_layer_with_another_target_dir_is_packed_again(tmp_path: Path) -> None:
    project = _project(tmp_path, "one")
    scfdeploy("plan", project, "--local")
    (project / "serverless.yml").write_text(_LAYER.format(src="../node_modules", target="two"))
    scfdeploy("plan", project, "--local")
    assert len(list((project / ".scfdeploy" / "cache" / "archives").iterdir())) == 2


def test_target_dir_without_effect_is_reported(tmp_path: Path) -> None:
    project = _project(tmp_path, "x")
    text = (project / "serverless.yml").read_text().replace("component: layer", "component: scf")
    (project / "serverless.yml").write_text(text.replace("runtimes: [Nodejs16.13]", "runtime: Nodejs16.13"))
    found = scfdeploy("validate", project, "--format", "json").document["diagnostics"]
    assert "targetDir" in next(one for one in found if one["rule"] == "unknown-key")["detail"]
