"""Programs that build machines have, for machines that lack them: `gh`, `mvn`, `gradle`; and an index for `python3`."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from scfdeploy import __version__
from tests.support.preloaded_command import python_with_pip, start_command

_PYTHON = """\
#!/bin/sh
# Python, whose new environments are empty: what they are to hold is the scfdeploy that runs the tests.
set -eu
if [ "${{1:-}} ${{2:-}} ${{3:-}}" = "-I -m venv" ]; then
  "{folder}/make-environment" "$4"
else
  exec "{python}" "$@"
fi
"""
_MAKE_ENVIRONMENT = """\
#!/bin/sh
# An environment whose pip fetches nothing and notes what it was told; its scfdeploy is the one that runs the tests.
set -eu
mkdir -p -- "$1"
exec cp -R "{environment}/." "$1"
"""
_PYTHON_OF_ENVIRONMENT = """\
#!/bin/sh
set -eu
case "$1 $2" in
  "-I -m") printf '%s\\n' "$*" >> "{log}" ;;
  "-I -c") printf '%s\\n' "${{0%/bin/python}}/site-packages" ;;
  *) exit 2 ;;
esac
"""
_SCFDEPLOY = """\
#!/bin/sh
# Each job asks for the version: no process of Python is needed for it.
if [ "$*" = --version ]; then echo "scfdeploy {version}"; exit; fi
exec {start} "$@"
"""
_GIT = """\
#!/bin/sh
# Git, except that it fetches nothing: a clone is empty, and has whatever commit it is asked for.
set -eu
for word in "$@"; do last=$word; done
case " $* " in
  *" clone "*) mkdir -p -- "$last"; printf '%s\\n' "git $*" >> "{log}" ;;
  *" checkout --quiet --detach "*) printf '%s\\n' "git $*" >> "{log}" ;;
  *) exec "{git}" "$@" ;;
esac
"""
_BUILDER = """\
#!/bin/sh
# Builds the jar that is there already.
set -eu
mkdir -p "{target}"
cp prebuilt.jar "{target}/app.jar"
"""


def put_programs(folder: Path) -> None:
    """Write them into a folder that is to be on the path."""
    put_installer(folder)
    gh = Path(__file__).with_name("gh.py")
    texts = {
        "gh": f'#!/bin/sh\nexec "{python_with_pip()}" "{gh}" "$@"\n',
        "python3": _PYTHON.format(python=sys.executable, folder=folder),
        "mvn": _BUILDER.format(target="target"),
        "gradle": _BUILDER.format(target="build/libs"),
    }
    _write(folder, texts)


def put_installer(folder: Path) -> None:
    """Write `git` and `make-environment FOLDER`, which stands in for `python3 -I -m venv`. See `installs`."""
    environment = folder / "environment"
    (environment / "bin").mkdir(parents=True, exist_ok=True)
    log = folder / "installs.txt"
    start = start_command()
    _write(
        environment / "bin",
        {
            "python": _PYTHON_OF_ENVIRONMENT.format(log=log),
            "scfdeploy": _SCFDEPLOY.format(version=__version__, start=start),
        },
    )
    texts = {
        "git": _GIT.format(git=shutil.which("git") or "false", log=log),
        "make-environment": _MAKE_ENVIRONMENT.format(environment=environment),
    }
    _write(folder, texts)


def put_python(file: Path) -> None:
    """Write the Python that runs the tests as a program whose pip only says what it would fetch by its hash.

    On a machine with `put_installer` its new environments are those.
    """
    text = f"""\
#!/bin/sh
case " $* " in
  *" --require-hashes "*) printf 'pip %s\\n' "$*"; exit ;;
  " -I -m venv /"*) if command -v make-environment > /dev/null; then exec make-environment "$4"; fi ;;
esac
exec "{sys.executable}" "$@"
"""
    _write(file.parent, {file.name: text})


def installs(folder: Path) -> list[str]:
    """The command lines of git and pip that fetched something, in their order."""
    return (folder / "installs.txt").read_text("utf-8").splitlines()


def _write(folder: Path, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
        (folder / name).chmod(0o755)


def path_with(folder: Path, path: str) -> str:
    """A path that begins with the folder and has no scfdeploy of its own."""
    own = str(Path(sys.executable).parent)
    return ":".join([str(folder), *(one for one in path.split(":") if one != own and not _has_tool(one))])


def _has_tool(folder: str) -> bool:
    return shutil.which("scfdeploy", path=folder) is not None
