"""Which packages lock files pin for a function."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from scfdeploy.packager.build.dependencies import BuildError
from scfdeploy.packager.build.python import find
from scfdeploy.packager.build.python_locks import has_member, pipfile_lock, poetry_lock, unlocked_lines, uv_lock
from scfdeploy.packager.build.python_target import PythonTarget

TARGET = PythonTarget("Python3.10")
PROJECT = '[project]\nname = "shop"\nversion = "1"\ndependencies = ["flask", "requests[socks]"]\n'
UV_LOCK = """\
version = 1
requires-python = ">=3.9"

[[package]]
name = "shop"
version = "1"
source = { virtual = "." }
dependencies = [
    { name = "flask" },
    { name = "requests", extra = ["socks"] },
    { name = "numpy", version = "1.0", source = { registry = "https://pypi.org/simple" }, marker = "python_full_version < '3.10'" },
    { name = "numpy", version = "2.0", source = { registry = "https://pypi.org/simple" }, marker = "python_full_version >= '3.10'" },
]

[package.dev-dependencies]
dev = [{ name = "pytest" }]

[[package]]
name = "flask"
version = "3.1.2"
source = { registry = "https://pypi.org/simple" }
dependencies = [
    { name = "colorama", marker = "sys_platform == 'win32'" },
    { name = "importlib-metadata", marker = "python_full_version < '3.11'" },
]
sdist = { url = "https://files.example/flask-3.1.2.tar.gz", hash = "sha256:bb", size = 1 }
wheels = [{ url = "https://files.example/flask-3.1.2-py3-none-any.whl", hash = "sha256:aa", size = 1 }]

[[package]]
name = "requests"
version = "2.32.0"
source = { registry = "https://packages.example/simple" }
wheels = [{ url = "https://files.example/requests-2.32.0-py3-none-any.whl", hash = "sha256:cc", size = 1 }]

[package.optional-dependencies]
socks = [{ name = "pysocks" }]

[[package]]
name = "pysocks"
version = "1.7.1"
source = { registry = "https://pypi.org/simple" }

[[package]]
name = "colorama"
version = "0.4.6"
source = { registry = "https://pypi.org/simple" }

[[package]]
name = "importlib-metadata"
version = "8.0.0"
source = { registry = "https://pypi.org/simple" }

[[package]]
name = "numpy"
version = "1.0"
source = { registry = "https://pypi.org/simple" }

[[package]]
name = "numpy"
version = "2.0"
source = { registry = "https://pypi.org/simple" }

[[package]]
name = "pytest"
version = "9.0"
source = { registry = "https://pypi.org/simple" }
"""  # noqa: E501 - as uv writes it


def files(folder: Path, **texts: str) -> tuple[Path, Path]:
    """The lock file and pyproject.toml."""
    for name, text in texts.items():
        (folder / name.replace("_", ".")).write_text(text)
    lock = next(name for name in texts if name.endswith("_lock"))
    return folder / lock.replace("_", "."), folder / "pyproject.toml"


def refusal(read: Callable[[], object]) -> BuildError:
    """The error with which a file is refused."""
    with pytest.raises(BuildError) as error:
        read()
    return error.value


def test_uv_lock_gives_the_packages_of_the_target(tmp_path: Path) -> None:
    lock, project = files(tmp_path, uv_lock=UV_LOCK, pyproject_toml=PROJECT)
    assert uv_lock(lock, project, TARGET, scripts=False) == [
        "--extra-index-url https://packages.example/simple",
        "flask==3.1.2 --hash=sha256:aa --hash=sha256:bb",
        "importlib-metadata==8.0.0",
        "numpy==2.0",
        "pysocks==1.7.1",
        "requests==2.32.0 --hash=sha256:cc",
    ]


def test_uv_lock_for_an_older_interpreter(tmp_path: Path) -> None:
    lock, project = files(tmp_path, uv_lock=UV_LOCK, pyproject_toml=PROJECT)
    assert "numpy==1.0" in uv_lock(lock, project, PythonTarget("Python3.9"), scripts=False)
    newer = uv_lock(lock, project, PythonTarget("Python3.11"), scripts=False)
    assert not any("importlib" in line for line in newer)


def test_dependency_that_is_not_locked_is_an_error(tmp_path: Path) -> None:
    lock, project = files(tmp_path, uv_lock=UV_LOCK, pyproject_toml=PROJECT.replace('"flask"', '"flask", "Redis_Py"'))
    error = refusal(lambda: uv_lock(lock, project, TARGET, scripts=False))
    assert (error.finding.id, error.values["names"]) == ("lock-outdated", '"redis-py"')


def test_uv_lock_of_a_workspace_has_its_members(tmp_path: Path) -> None:
    text = UV_LOCK.replace('virtual = "."', 'editable = "services/shop"')
    lock, _ = files(tmp_path, uv_lock=text, pyproject_toml="")
    member = tmp_path / "services" / "shop" / "pyproject.toml"
    member.parent.mkdir(parents=True)
    member.write_text(PROJECT)
    assert has_member(lock, member)
    assert "numpy==2.0" in uv_lock(lock, member, TARGET, scripts=False)
    assert not has_member(lock, tmp_path / "pyproject.toml")


@pytest.mark.parametrize(
    "source", ['editable = "lib"', 'directory = "lib"', 'git = "https://example.com/x?rev=1#abc"', 'path = "x.tar.gz"']
)
def test_source_code_in_a_lock_file_is_refused(tmp_path: Path, source: str) -> None:
    old = 'version = "3.1.2"\nsource = { registry = "https://pypi.org/simple" }'
    text = UV_LOCK.replace(old, f'version = "3.1.2"\nsource = {{ {source} }}')
    lock, project = files(tmp_path, uv_lock=text, pyproject_toml=PROJECT)
    error = refusal(lambda: uv_lock(lock, project, TARGET, scripts=False))
    assert (error.finding.id, error.values["requirement"]) == ("dependency-from-source", "flask")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('version = "3.1.2"', 'version = "3.1.2\\n--no-binary :all:"'),
        ('version = "3.1.2"', 'version = "3.1.2 --no-binary :all:"'),
        ('version = "3.1.2"', 'version = "3.1.2.zip"'),
        ("sha256:bb", "sha256:bb --no-binary=:all:"),
        ("https://packages.example/simple", "https://packages.example/simple --no-binary :all:"),
    ],
)
def test_option_in_a_lock_file_is_refused(tmp_path: Path, old: str, new: str) -> None:
    lock, project = files(tmp_path, uv_lock=UV_LOCK.replace(old, new), pyproject_toml=PROJECT)
    error = refusal(lambda: uv_lock(lock, project, TARGET, scripts=False))
    assert error.finding.id == "dependency-file-invalid"


@pytest.mark.parametrize("where", ["git+https://example.com/x.whl", "https://example.com/x.zip?.whl", "./x.whl"])
def test_source_code_with_the_name_of_a_wheel_is_refused(tmp_path: Path, where: str) -> None:
    (tmp_path / "x.whl").mkdir()
    text = UV_LOCK.replace('{ registry = "https://packages.example/simple" }', f'{{ url = "{where}" }}')
    lock, project = files(tmp_path, uv_lock=text, pyproject_toml=PROJECT)
    error = refusal(lambda: uv_lock(lock, project, TARGET, scripts=False))
    assert error.finding.id == "dependency-from-source"


def test_index_of_a_lock_file_is_no_package_without_a_version(tmp_path: Path) -> None:
    files(tmp_path, uv_lock=UV_LOCK, pyproject_toml=PROJECT)
    found = find(str(tmp_path), "Python3.10", scripts=False)
    assert found is not None
    assert found.unpinned == ()


@pytest.mark.skipif(os.name == "nt", reason="has other permissions")
def test_lock_file_where_others_can_write_is_not_read(tmp_path: Path) -> None:
    member = '[[package]]\nname = "a"\nsource = { virtual = "a" }\ndependencies = [{ name = "flask" }]\n'
    files(tmp_path, uv_lock=UV_LOCK + member)
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "pyproject.toml").write_text('[project]\nname = "a"\nversion = "1"\ndependencies = ["flask"]\n')
    found = find(str(tmp_path / "a"), "Python3.10", scripts=False)
    tmp_path.chmod(0o777)
    other = find(str(tmp_path / "a"), "Python3.10", scripts=False)
    assert found is not None
    assert other is not None
    assert [Path(one.inputs[0]).name for one in (found, other)] == ["uv.lock", "pyproject.toml"]


@pytest.mark.parametrize("text", ["a = " + "[" * 5000, PROJECT.replace("flask", "flask; " + "(" * 5000)])
def test_nesting_without_end_is_an_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    error = refusal(lambda: find(str(tmp_path), "Python3.10", scripts=False))
    assert error.finding.id == "dependency-file-invalid"


def test_invalid_requirement_is_shown_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(PROJECT.replace("flask", "flask @@ https://example.com/x.whl"))
    error = refusal(lambda: find(str(tmp_path), "Python3.10", scripts=False))
    assert "\\n" not in error.values["reason"]
    assert error.values["reason"].endswith(": flask @@ https://example.com/x.whl")


def test_wheel_in_a_lock_file_is_a_path(tmp_path: Path) -> None:
    old = 'version = "3.1.2"\nsource = { registry = "https://pypi.org/simple" }'
    text = UV_LOCK.replace(old, 'version = "3.1.2"\nsource = { path = "wheels/flask-3.1.2-py3-none-any.whl" }')
    lock, project = files(tmp_path, uv_lock=text, pyproject_toml=PROJECT)
    uri = (tmp_path / "wheels" / "flask-3.1.2-py3-none-any.whl").resolve().as_uri()
    assert f"flask @ {uri} --hash=sha256:aa --hash=sha256:bb" in uv_lock(lock, project, TARGET, scripts=False)


def test_project_without_lock_file_gives_the_dependencies_of_the_target(tmp_path: Path) -> None:
    _, project = files(tmp_path, uv_lock="", pyproject_toml=PROJECT.replace('"flask"', "\"flask>=3; os_name == 'nt'\""))
    assert unlocked_lines(project, TARGET, scripts=False) == ["requests[socks]"]


@pytest.mark.parametrize(
    "text",
    [
        PROJECT.replace('"flask"', '"flask @ git+https://example.com/flask.git"'),
        PROJECT.replace('"flask"', '"flask @ https://example.com/flask-1.tar.gz"'),
        PROJECT.replace('"flask"', '"flask===1.tar.gz"'),
        PROJECT + '\n[tool.uv.sources]\nFlask = { path = "../flask" }\n',
    ],
)
def test_project_without_lock_file_names_no_source_code(tmp_path: Path, text: str) -> None:
    _, project = files(tmp_path, uv_lock="", pyproject_toml=text)
    error = refusal(lambda: unlocked_lines(project, TARGET, scripts=False))
    assert (error.finding.id, error.values["requirement"]) == ("dependency-from-source", "flask")


POETRY_PROJECT = """\
[tool.poetry.dependencies]
python = "^3.9"
Flask = "^3.0"
psycopg = {version = "^3", extras = ["binary"], markers = "sys_platform == 'linux'"}
winapi = {version = "*", markers = "sys_platform == 'win32'"}
extra = {version = "*", optional = true}

[tool.poetry.group.dev.dependencies]
pytest = "*"
"""
POETRY_LOCK = """\
[[package]]
name = "flask"
version = "3.1.2"
optional = false
files = [{file = "flask-3.1.2.tar.gz", hash = "sha256:bb"}, {file = "flask-3.1.2-py3-none-any.whl", hash = "sha256:aa"}]

[package.dependencies]
importlib-metadata = {version = ">=3.6", markers = "python_version < \\"3.11\\""}
asgiref = {version = ">=3.2", optional = true, markers = "extra == \\"async\\""}
colorama = [{version = "*", markers = "sys_platform == \\"win32\\""}]

[package.extras]
async = ["asgiref (>=3.2)"]

[[package]]
name = "importlib-metadata"
version = "8.0.0"
files = []

[[package]]
name = "asgiref"
version = "3.9"
files = []

[[package]]
name = "colorama"
version = "0.4"
files = []

[[package]]
name = "psycopg"
version = "3.2"
files = []

[package.dependencies]
psycopg-binary = {version = "3.2", optional = true, markers = "extra == \\"binary\\""}

[package.extras]
binary = ["psycopg-binary (==3.2)"]

[[package]]
name = "psycopg-binary"
version = "3.2"
files = []

[package.source]
type = "legacy"
url = "https://packages.example/simple"
reference = "own"

[[package]]
name = "winapi"
version = "1"
files = []

[[package]]
name = "extra"
version = "1"
files = []

[[package]]
name = "pytest"
version = "9"
files = []

[metadata]
lock-version = "2.0"
"""


def test_poetry_lock_gives_the_main_packages_of_the_target(tmp_path: Path) -> None:
    lock, project = files(tmp_path, poetry_lock=POETRY_LOCK, pyproject_toml=POETRY_PROJECT)
    assert poetry_lock(lock, project, TARGET, scripts=False) == [
        "--extra-index-url https://packages.example/simple",
        "flask==3.1.2 --hash=sha256:aa --hash=sha256:bb",
        "importlib-metadata==8.0.0",
        "psycopg-binary==3.2",
        "psycopg==3.2",
    ]


def test_poetry_lock_without_a_dependency_is_an_error(tmp_path: Path) -> None:
    project_text = POETRY_PROJECT.replace("Flask =", "Redis = '*'\nFlask =")
    lock, project = files(tmp_path, poetry_lock=POETRY_LOCK, pyproject_toml=project_text)
    error = refusal(lambda: poetry_lock(lock, project, TARGET, scripts=False))
    assert error.finding.id == "lock-outdated"


PIPFILE_LOCK = """\
{"_meta": {"sources": [{"name": "own", "url": "https://packages.example/simple", "verify_ssl": true}]},
 "default": {
  "flask": {"hashes": ["sha256:bb", "sha256:aa"], "index": "own", "version": "==3.1.2"},
  "colorama": {"markers": "sys_platform == 'win32'", "version": "==0.4"},
  "tool": {"file": "https://files.example/tool-1-py3-none-any.whl"}},
 "develop": {"pytest": {"version": "==9"}}}
"""


def test_pipfile_lock_gives_the_default_packages_of_the_target(tmp_path: Path) -> None:
    lock, _ = files(tmp_path, Pipfile_lock=PIPFILE_LOCK)
    assert pipfile_lock(lock, TARGET, scripts=False) == [
        "--extra-index-url https://packages.example/simple",
        "flask==3.1.2 --hash=sha256:aa --hash=sha256:bb",
        "tool @ https://files.example/tool-1-py3-none-any.whl",
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("uv_lock", UV_LOCK.replace('">=3.9"', '">=3.11"')),
        ("uv_lock", UV_LOCK.replace('">=3.9"', '">=3.8, <3.10"')),
        ("poetry_lock", POETRY_LOCK.replace('"2.0"', '"2.0"\npython-versions = "^3.11"')),
        ("poetry_lock", POETRY_LOCK.replace('"2.0"', '"2.0"\npython-versions = ">=3.11,<4.0 || ~=3.8.1"')),
        ("Pipfile_lock", PIPFILE_LOCK.replace('"_meta": {', '"_meta": {"requires": {"python_version": "3.11"}, ')),
    ],
)
def test_lock_file_for_another_version_of_python_is_an_error(tmp_path: Path, name: str, text: str) -> None:
    project_text = POETRY_PROJECT if name == "poetry_lock" else PROJECT
    files(tmp_path, **{name: text}, pyproject_toml=project_text)
    error = refusal(lambda: find(str(tmp_path), "Python3.10", scripts=False))
    assert error.finding.id == "lock-for-other-python"


@pytest.mark.parametrize("versions", ["^3.8", ">=3.8,<4.0", "*", "~=3.10", ">=3.10.4", "some"])
def test_lock_file_for_the_version_of_the_function_is_read(tmp_path: Path, versions: str) -> None:
    text = POETRY_LOCK.replace('"2.0"', f'"2.0"\npython-versions = "{versions}"')
    files(tmp_path, poetry_lock=text, pyproject_toml=POETRY_PROJECT)
    assert find(str(tmp_path), "Python3.10", scripts=False) is not None


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"default": []}', "<<<<<<< ours", "[" * 100_000])
def test_invalid_pipfile_lock_is_an_error(tmp_path: Path, text: str) -> None:
    lock, _ = files(tmp_path, Pipfile_lock=text)
    error = refusal(lambda: pipfile_lock(lock, TARGET, scripts=False))
    assert error.finding.id == "dependency-file-invalid"


@pytest.mark.parametrize(
    "text",
    [
        "<<<<<<< ours",
        "",
        "package = 3",
        "[[package]]\nname = 3",
        UV_LOCK.replace("sys_platform == 'win32'", "sys_platform is 'win32'"),
    ],
)
def test_invalid_uv_lock_is_an_error(tmp_path: Path, text: str) -> None:
    lock, project = files(tmp_path, uv_lock=text, pyproject_toml=PROJECT)
    error = refusal(lambda: uv_lock(lock, project, TARGET, scripts=False))
    assert error.finding.id == "dependency-file-invalid"


def test_target_loads_wheels_of_its_interpreter_and_platform() -> None:
    assert TARGET.platforms[:2] == ("manylinux_2_17_x86_64", "manylinux2014_x86_64")
    assert TARGET.loads(["py3-none-any"])
    assert TARGET.loads(["cp310-cp310-manylinux1_x86_64"])
    assert TARGET.loads(["cp38-abi3-manylinux_2_12_x86_64"])
    assert not TARGET.loads(["cp311-cp311-manylinux_2_17_x86_64"])
    assert not TARGET.loads(["cp310-cp310-manylinux_2_28_x86_64"])
    assert not TARGET.loads(["cp310-cp310-musllinux_1_1_x86_64"])
    assert not TARGET.loads(["cp310-cp310-macosx_11_0_arm64"])
