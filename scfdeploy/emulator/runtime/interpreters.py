"""The interpreters of this machine that replace those of the platform."""

from __future__ import annotations

import re
import shlex
import shutil
import sys
from pathlib import Path

from scfdeploy.emulator.messages import CloudError
from scfdeploy.facts import runtime

_HERE = Path(__file__).parent
_PLATFORM_PYTHON = re.compile(rb"/var/lang/python\w*/bin/python[\w.]*")
_PLATFORM_NODE = re.compile(rb"/var/lang/node\w*/bin/node")


def bootstrap_command(runtime_name: str) -> list[str]:
    """The start of the command that loads a handler. Raises CloudError if this machine cannot run its language."""
    known = runtime(runtime_name)
    match known.language if known else "":
        case "python":
            # Isolated and without site-packages: only the bundle can be imported, as on the platform.
            return [sys.executable, "-I", "-S", "-B", "-u", "-X", "utf8", str(_HERE / "bootstrap.py")]
        case "nodejs":
            node = shutil.which("node")
            if node is None:
                message = "Running a Node.js function needs the program `node`, which this machine does not have."
                raise CloudError("FailedOperation.InvokeFunction", message)
            return [node, str(_HERE / "bootstrap.js")]
    message = f"The local server runs Python and Node.js functions, not {runtime_name}."
    raise CloudError("UnsupportedOperation", message)


def with_local_interpreters(script: bytes, *, loopback_python_dir: Path | None) -> bytes:
    """Replace the interpreters in the start script of a web function, except those that exist on this machine.

    With `loopback_python_dir`, a folder for a virtual environment, they let programs listen on loopback only.
    """
    python, node = [sys.executable, "-s", "-S"], [shutil.which("node") or "node"]
    if loopback_python_dir is not None:
        python = [str(_loopback_python(loopback_python_dir)), "-s"]
        node += ["--require", str(_HERE / "loopback.js")]
    for pattern, command in ((_PLATFORM_PYTHON, python), (_PLATFORM_NODE, node)):
        local = shlex.join(command).encode()
        script = pattern.sub(lambda m, local=local: m[0] if Path(m[0].decode()).exists() else local, script)  # type: ignore[misc]
    return script


def _loopback_python(folder: Path) -> Path:
    """A virtual environment with only our `sitecustomize`, which Python loads however it is started."""
    program = folder / "bin" / "python"
    if not program.exists():
        # The base interpreter: packages of the environment of this program must not be visible to the bundle.
        base = Path(getattr(sys, "_base_executable", sys.executable))
        packages = folder / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
        packages.mkdir(parents=True)
        shutil.copyfile(_HERE / "loopback_site.py", packages / "sitecustomize.py")
        (folder / "pyvenv.cfg").write_text(f"home = {base.parent}\ninclude-system-site-packages = false\n", "utf-8")
        program.parent.mkdir()
        program.symlink_to(base)
    return program
