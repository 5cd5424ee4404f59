"""Programs that build machines have, for machines that lack them: `pipx`, `gh`, `mvn`, `gradle`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

_PIPX = """\
#!/bin/sh
# `pipx install SPEC`: whatever is asked for is the scfdeploy that runs the tests.
set -eu
test "$1" = install
test "$#" = 2
printf '#!/bin/sh\\nexec "%s" -m scfdeploy "$@"\\n' "{python}" > "{folder}/scfdeploy"
chmod 755 "{folder}/scfdeploy"
"""
_PYTHON = """\
#!/bin/sh
# Python, whose new environments are empty: what they are to hold is the scfdeploy that runs the tests.
set -eu
if [ "${{1:-}} ${{2:-}}" = "-m venv" ]; then
  mkdir -p -- "$3/bin"
  cp -- "{folder}/python-of-an-environment" "$3/bin/python"
else
  exec "{python}" "$@"
fi
"""
_ENVIRONMENT = """\
#!/bin/sh
set -eu
test "$1 $2 $3" = "-m pip install"
printf '#!/bin/sh\\nexec "%s" -m scfdeploy "$@"\\n' "{python}" > "${{0%/*}}/scfdeploy"
chmod 755 "${{0%/*}}/scfdeploy"
"""
_BUILDER = """\
#!/bin/sh
# Builds the jar that is there already.
set -eu
mkdir -p "{target}"
cp prebuilt.jar "{target}/app.jar"
"""


def put_programs(folder: Path) -> None:
    """Write them into a folder that is to be on the path; `pipx install` puts scfdeploy there too."""
    folder.mkdir(parents=True, exist_ok=True)
    gh = Path(__file__).with_name("gh.py")
    texts = {
        "pipx": _PIPX.format(python=sys.executable, folder=folder),
        "gh": f'#!/bin/sh\nexec "{sys.executable}" "{gh}" "$@"\n',
        "python3": _PYTHON.format(python=sys.executable, folder=folder),
        "python-of-an-environment": _ENVIRONMENT.format(python=sys.executable),
        "mvn": _BUILDER.format(target="target"),
        "gradle": _BUILDER.format(target="build/libs"),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
        (folder / name).chmod(0o755)


def path_with(folder: Path, path: str) -> str:
    """A path that begins with the folder and has no scfdeploy of its own."""
    own = str(Path(sys.executable).parent)
    return ":".join([str(folder), *(one for one in path.split(":") if one != own and not _has_tool(one))])


def _has_tool(folder: str) -> bool:
    return shutil.which("scfdeploy", path=folder) is not None
