"""The interpreters of this machine in place of the platform's, as the start scripts of web functions name them."""

from __future__ import annotations

import re
import shlex
import shutil
import sys
from pathlib import Path

_HERE = Path(__file__).parent
_PYTHON = re.compile(rb"/var/lang/python\w*/bin/python[\w.]*")
_NODE = re.compile(rb"/var/lang/node\w*/bin/node")


def with_local_interpreters(script: bytes, *, wrapped_in: Path | None) -> bytes:
    """The script with this machine's interpreters where it has none of the platform's.

    With `wrapped_in`, a folder that may be filled, they let programs listen on loopback addresses only.
    """
    python, node = [sys.executable, "-s", "-S"], [shutil.which("node") or "node"]
    if wrapped_in is not None:
        python, node = [str(_loopback_python(wrapped_in)), "-s"], [*node, "--require", str(_HERE / "loopback.js")]
    return _replaced(_NODE, shlex.join(node).encode(), _replaced(_PYTHON, shlex.join(python).encode(), script))


def _loopback_python(folder: Path) -> Path:
    """A virtual environment with nothing in it but our `sitecustomize`, which any way of starting Python loads."""
    program = folder / "bin" / "python"
    if not program.exists():
        # The interpreter itself, not the environment in which this program runs: its packages are none of the bundle's.
        base = Path(getattr(sys, "_base_executable", sys.executable))
        packages = folder / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
        packages.mkdir(parents=True)
        shutil.copyfile(_HERE / "loopback_site.py", packages / "sitecustomize.py")
        (folder / "pyvenv.cfg").write_text(f"home = {base.parent}\ninclude-system-site-packages = false\n", "utf-8")
        program.parent.mkdir()
        program.symlink_to(base)
    return program


def _replaced(pattern: re.Pattern[bytes], local: bytes, content: bytes) -> bytes:
    def one(found: re.Match[bytes]) -> bytes:
        return found[0] if Path(found[0].decode()).exists() else local

    return pattern.sub(one, content)
