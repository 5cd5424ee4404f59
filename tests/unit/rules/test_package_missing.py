"""The rule about imported packages that are missing: archives, limits, texts, and tables."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from scfdeploy.config import LoadOptions, load_project
from scfdeploy.diagnostics import Diagnostic
from scfdeploy.facts import runtimes
from scfdeploy.facts.packages import python_library_changes, python_packages, runtime_packages
from scfdeploy.rules import check

FILE = (
    "component: scf\nname: demo\ninputs: {{name: hello, runtime: {runtime}, handler: index.main_handler, src: {src}}}\n"
)


def findings(folder: Path, runtime: str, src: str = "./") -> list[Diagnostic]:
    (folder / "serverless.yml").write_text(FILE.format(runtime=runtime, src=src))
    loaded = load_project(".", LoadOptions(environ={}, cwd=str(folder)))
    assert loaded.project is not None
    return list(check(loaded.project, select={"package-missing"}))


def write(folder: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


@pytest.mark.parametrize(
    ("packages", "missing"), [(["node_modules/axios/index.js"], []), (["node_modules/other/index.js"], ["axios"])]
)
def test_packages_of_an_archive_are_looked_up_in_it(packages: list[str], missing: list[str], tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "code.zip", "w") as archive:
        archive.writestr("index.js", "const axios = require('axios');\nexports.main_handler = async () => 1;\n")
        for name in packages:
            archive.writestr(name, "")
    (tmp_path / "package.json").write_text('{"dependencies": {"axios": "1"}}')
    (tmp_path / "package-lock.json").write_text('{"packages": {"node_modules/axios": {}}}')

    details = [one.detail for one in findings(tmp_path, "Nodejs18.15", "./code.zip")]

    assert details == [
        f"index.js imports {name}, which is neither in the archive nor part of Nodejs18.15." for name in missing
    ]


def test_finding_names_file_runtime_and_cure(tmp_path: Path) -> None:
    write(tmp_path, {"index.py": "import requests\n", "requirements.txt": "flask\n"})

    [finding] = findings(tmp_path, "Python3.10")

    assert finding.detail == "index.py imports requests, which is neither in requirements.txt nor part of Python3.10."
    assert finding.hint == "Add requests to requirements.txt."


def test_hint_names_the_package_of_a_module_with_another_name(tmp_path: Path) -> None:
    write(tmp_path, {"index.py": "from PIL import Image\n"})

    [finding] = findings(tmp_path, "Python3.10")

    assert finding.hint == "List pillow in a requirements.txt, so that scfdeploy installs it."


def test_package_is_reported_once(tmp_path: Path) -> None:
    write(
        tmp_path, {"index.py": "import other\nimport requests\n", "other.py": "import requests\nimport requests.auth\n"}
    )

    assert [one.subject.start.line for one in findings(tmp_path, "Python3.10") if one.subject] == [2]


def test_number_of_files_that_are_read_is_limited(tmp_path: Path) -> None:
    write(tmp_path, {f"m{number}.py": f"import m{number + 1}\n" for number in range(200)})
    write(tmp_path, {"index.py": "import m0\n", "m200.py": "import requests\n"})

    assert findings(tmp_path, "Python3.10") == []


def test_file_that_cannot_be_parsed_has_no_finding(tmp_path: Path) -> None:
    write(tmp_path, {"index.py": "import requests\nprint 'old'\n"})

    assert findings(tmp_path, "Python3.10") == []


def test_manifest_that_cannot_be_read_counts_as_listing_everything(tmp_path: Path) -> None:
    write(tmp_path, {"index.py": "import requests\n", "pyproject.toml": "[project\n"})

    assert findings(tmp_path, "Python3.10") == []


def test_lock_file_that_is_too_large_counts_as_listing_everything(tmp_path: Path) -> None:
    write(tmp_path, {"index.py": "import requests\n", "uv.lock": "#" * (5 << 20)})
    assert findings(tmp_path, "Python3.10") == []

    write(tmp_path, {"index.js": "const a = require('axios');\n", "package.json": '{"dependencies": {"ms": "1"}}'})
    write(tmp_path, {"package-lock.json": "#" * (5 << 20)})
    assert findings(tmp_path, "Nodejs18.15") == []


def test_lock_file_of_a_workspace_counts(tmp_path: Path) -> None:
    write(tmp_path, {"pnpm-lock.yaml": "packages:\n  axios@1.0.0: {}\n", "pnpm-workspace.yaml": "packages: ['*']\n"})
    write(
        tmp_path / "api",
        {"index.js": "const a = require('axios');\n", "package.json": '{"dependencies": {"axios": "1"}}'},
    )

    assert findings(tmp_path / "api", "Nodejs18.15") == []


def test_tables_name_known_runtimes_and_packages() -> None:
    packages = python_packages()

    assert [name for name in runtimes() if runtime_packages(name) is not None]
    assert runtime_packages("Python3.10") == frozenset()
    assert runtime_packages("Python2.7") is None
    assert all(package.modules for package in packages.values())
    assert all(name not in package.brings for name, package in packages.items())
    assert all(change.first <= change.last for change in python_library_changes().values())
