"""The interpreters of this machine that replace those of the platform: the same version, or the nearest one."""

from __future__ import annotations

import functools
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from scfdeploy.emulator.messages import CloudError, ServerNotice
from scfdeploy.facts import runtime

_HERE = Path(__file__).parent
_PLATFORM_PYTHON = re.compile(rb"/var/lang/python(\d*)/bin/python([\d.]*)")
_PLATFORM_NODE = re.compile(rb"/var/lang/node(\d*)/bin/node")
_PROBE_S = 10
_PROBE_VARIABLES = ("PATH", "HOME", "PYENV_ROOT", "PYENV_VERSION", "NVM_DIR", "ASDF_DATA_DIR", "VOLTA_HOME")
_OWN_PYTHON = sys.version_info[:2]
# The bootstrap needs 3.7. The later ones exist now, or soon.
_PYTHON_MINORS = range(7, 17)
_NODE_MAJORS = range(6, 31)
_TITLES = {"python": "Python", "nodejs": "Node.js", "php": "PHP", "java": "Java", "go": "Go"}


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A program of this machine that runs a language."""

    program: str
    version: str
    """In the form of `wanted`, such as `3.11` or `20`."""
    wanted: str = ""
    """The version of the function, if this is another one."""
    title: str = ""

    @property
    def notice(self) -> ServerNotice | None:
        """What the user should know; None for the same version."""
        if not self.wanted:
            return None
        return ServerNotice(
            "{title} {wanted} not found; using {version}.", title=self.title, wanted=self.wanted, version=self.version
        )


class Interpreters:
    """Finds interpreters, each once. `setting` is the current text of the setting `interpreters`. Thread-safe."""

    def __init__(self, setting: Callable[[], str] = str) -> None:
        self._setting = setting
        self._lock = threading.Lock()
        self._cached: dict[tuple[str, str, str, str], Interpreter | None] = {}

    def python(self, wanted: str, *, setting_name: str = "") -> Interpreter:
        """The Python of version `wanted` (`3.7`), or the nearest one. Empty: the one that runs this program."""
        if not wanted:
            return Interpreter(own_python(), _join(_OWN_PYTHON))
        found = self._find("python", wanted, setting_name)
        return found or Interpreter(own_python(), _join(_OWN_PYTHON), wanted, _TITLES["python"])

    def node(self, wanted: str, *, setting_name: str = "") -> Interpreter | None:
        """The Node.js of major version `wanted`, or the nearest one; None if there is none."""
        return self._find("nodejs", wanted, setting_name)

    def of_runtime(self, runtime_name: str) -> Interpreter:
        """The interpreter of event functions. Raises CloudError if this machine cannot run their language."""
        known = runtime(runtime_name)
        match known.language if known else "":
            case "python":
                return self.python(_version(runtime_name, parts=2), setting_name=runtime_name)
            case "nodejs":
                found = self.node(_version(runtime_name, parts=1), setting_name=runtime_name)
                if found is None:
                    message = "Running a Node.js function needs the program `node`, which this machine does not have."
                    raise CloudError("FailedOperation.InvokeFunction", message)
                return found
            case "custom" | "go":
                # Runs the bootstrap; the program of the function names its own interpreter.
                return Interpreter(own_python(), _join(_OWN_PYTHON))
            case "php" | "java" as language:
                found = self._find(language, _version(runtime_name, parts=2), runtime_name)
                if found is not None:
                    return found
        message = f"The local server runs no {runtime_name} functions on this machine."
        raise CloudError("UnsupportedOperation", message)

    def _find(self, language: str, wanted: str, setting_name: str) -> Interpreter | None:
        setting, path = self._setting(), os.environ.get("PATH", "")
        key = (language, wanted, setting, path)
        with self._lock:
            if key not in self._cached:
                named = _parse_setting(setting)
                self._cached[key] = _search(language, wanted, named, setting_name)
            return self._cached[key]


def bootstrap_command(runtime_name: str, interpreter: Interpreter) -> list[str]:
    """The start of the command that loads a handler."""
    known = runtime(runtime_name)
    if known is not None and known.language in ("python", "custom", "go"):
        # Isolated and without site-packages: only the bundle can be imported, as on the platform.
        name = "bootstrap.py" if known.language == "python" else "bootstrap_program.py"
        return [interpreter.program, "-I", "-S", "-B", "-u", "-X", "utf8", str(_HERE / name)]
    if known is not None and known.language == "php":
        return [interpreter.program, "-d", "display_errors=stderr", str(_HERE / "bootstrap.php")]
    if known is not None and known.language == "java":
        # With less memory and a faster start than by default.
        options = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"]
        return [interpreter.program, *options, "-cp", str(_HERE / "bootstrap.jar"), "Bootstrap"]
    return [interpreter.program, str(_HERE / "bootstrap.js")]


def own_python() -> str:
    """The Python that runs this program, without the virtual environment, whose packages no function may see."""
    return str(getattr(sys, "_base_executable", None) or sys.executable)


@functools.cache
def library_path() -> dict[str, str]:
    """LD_LIBRARY_PATH, if Python on this machine does not start without it."""
    folder = sysconfig.get_config_var("LIBDIR") if sysconfig.get_config_var("Py_ENABLE_SHARED") else None
    if not folder or not sys.platform.startswith("linux") or _python_version(own_python(), {}) is not None:
        return {}
    return {"LD_LIBRARY_PATH": str(folder)}


@dataclass(frozen=True, slots=True)
class LocalScript:
    """The start script of a web function with interpreters of this machine."""

    content: bytes
    interpreters: tuple[Interpreter, ...]


def with_local_interpreters(
    script: bytes, interpreters: Interpreters, *, loopback_python_dir: Path | None, imports_site: bool = False
) -> LocalScript:
    """Replace the interpreters in the start script of a web function, except those that exist on this machine.

    With `loopback_python_dir`, a folder for a virtual environment, they let programs listen on loopback only. With
    `imports_site`, Python imports `sitecustomize`, which has to hide the packages of this machine.
    """
    used: list[Interpreter] = []

    def replace_python(match: re.Match[bytes]) -> bytes:
        if Path(os.fsdecode(match[0])).exists():
            return match[0]
        python = interpreters.python(_python_of_path(match[1].decode(), match[2].decode()))
        used.append(python)
        if loopback_python_dir is not None:
            return shlex.join([str(_loopback_python(loopback_python_dir)), "-s"]).encode()
        # One word, because the first line of a script passes all options as one.
        return shlex.join([python.program, "-s" if imports_site else "-sS"]).encode()

    def replace_node(match: re.Match[bytes]) -> bytes:
        if Path(os.fsdecode(match[0])).exists():
            return match[0]
        node = interpreters.node(match[1].decode())
        used.extend([node] if node else [])
        command = [node.program if node else "node"]
        if loopback_python_dir is not None:
            command += ["--require", str(_HERE / "loopback.js")]
        return shlex.join(command).encode()

    content = _PLATFORM_NODE.sub(replace_node, _PLATFORM_PYTHON.sub(replace_python, script))
    return LocalScript(content, tuple(dict.fromkeys(used)))


def _search(language: str, wanted: str, named: Mapping[str, str], setting_name: str) -> Interpreter | None:
    title = _TITLES[language]
    chosen = _from_setting(language, wanted, named, setting_name)
    if chosen is not None:
        return Interpreter(chosen, wanted)
    if language in ("php", "java"):
        return _search_by_output(language, wanted)
    read_version = _python_version if language == "python" else _node_version
    for program, claimed in _candidates(language, wanted):
        version = claimed or read_version(program, None)
        if version is not None and (language != "python" or _numbers(version.version) >= (3, 7)):
            is_same = not wanted or version.version == wanted
            return Interpreter(version.program, version.version, "" if is_same else wanted, title)
    return None


def _search_by_output(language: str, wanted: str) -> Interpreter | None:
    """The PHP or Java with the nearest version, by what `php -v` or `java -version` prints."""
    names = ["php", f"php{wanted}"] if language == "php" else ["java"]
    versions = [version for name in names for program in _on_path(name) for version in _printed(language, program)]
    target = _numbers(wanted)

    def distance(version: _Version) -> tuple[int, ...]:
        numbers = _numbers(version.version)
        return tuple(abs(number - goal) for number, goal in zip(numbers, target, strict=False))

    nearest = min(versions, key=distance, default=None)
    if nearest is None:
        return None
    is_same = not any(distance(nearest))
    return Interpreter(nearest.program, nearest.version, "" if is_same else wanted, _TITLES[language])


def _printed(language: str, program: str) -> Iterator[_Version]:
    if language == "php":
        match = re.match(r"PHP (\d+\.\d+)", _output([program, "-n", "-v"], None))
    else:
        # Java 8 calls itself 1.8.
        match = re.search(r'version "(?:1\.)?(\d+)', _output([program, "-version"], None))
    if match is not None:
        yield _Version(program, match[1])


@dataclass(frozen=True, slots=True)
class _Version:
    program: str
    version: str


def _candidates(language: str, wanted: str) -> Iterator[tuple[str, _Version | None]]:
    """Programs by distance of their version from the wanted one; the newer one first at the same distance."""
    if language == "python":
        number = _numbers(wanted)
        minors = sorted(_PYTHON_MINORS, key=lambda minor: (abs(minor - (number[1] if number[0] == 3 else 0)), -minor))
        for minor in minors:
            if (3, minor) == _OWN_PYTHON:
                yield own_python(), _Version(own_python(), _join(_OWN_PYTHON))
            yield from ((program, None) for program in _on_path(f"python3.{minor}"))
        return
    # A program `node` has any version, a program `node18` has this one.
    unnamed = [version for program in _on_path("node") if (version := _node_version(program)) is not None]
    target = int(wanted) if wanted else 0
    for major in sorted(_NODE_MAJORS, key=lambda major: (abs(major - target), -major)) if wanted else ():
        yield from ((version.program, version) for version in unnamed if version.version == str(major))
        yield from ((program, None) for program in _on_path(f"node{major}"))
    yield from ((version.program, version) for version in unnamed)


def _on_path(name: str) -> Iterator[str]:
    seen = set()
    for folder in os.get_exec_path():
        program = shutil.which(name, path=folder or ".")
        if program is not None and (real := os.path.realpath(program)) not in seen:
            seen.add(real)
            yield os.path.abspath(program)  # noqa: PTH100 - links stay


def _python_version(program: str, environment: Mapping[str, str] | None = None) -> _Version | None:
    # A program such as a pyenv shim starts another one, which is the one to run.
    code = "import sys; print(getattr(sys, '_base_executable', sys.executable)); print('%d.%d' % sys.version_info[:2])"
    lines = _output([program, "-I", "-S", "-c", code], environment).splitlines()
    return _Version(lines[0], lines[1]) if len(lines) == 2 and Path(lines[0]).is_file() else None


def _node_version(program: str, environment: Mapping[str, str] | None = None) -> _Version | None:
    code = "console.log(process.execPath + '\\n' + process.versions.node.split('.')[0])"
    lines = _output([program, "-e", code], environment).splitlines()
    return _Version(lines[0], lines[1]) if len(lines) == 2 and Path(lines[0]).is_file() else None


def _output(command: list[str], environment: Mapping[str, str] | None) -> str:
    """What a command prints; empty if it fails. By default, it gets what a version manager needs."""
    if environment is None:
        environment = {name: os.environ[name] for name in _PROBE_VARIABLES if name in os.environ}
    try:
        done = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if command[-1] == "-version" else subprocess.DEVNULL,
            timeout=_PROBE_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""


def _parse_setting(text: str) -> dict[str, str]:
    """`python3.7=/usr/bin/python3.7,Nodejs16.13=/opt/node` as a mapping, with names in lower case."""
    pairs = (pair.partition("=") for pair in text.split(",") if pair.strip())
    return {name.strip().lower(): path.strip() for name, _, path in pairs}


def _from_setting(language: str, wanted: str, named: Mapping[str, str], setting_name: str) -> str | None:
    names = [setting_name, f"python{wanted}"]
    if language != "python":
        name = "node" if language == "nodejs" else language
        names = [setting_name, f"{name}{wanted}", name]
    return next((named[name.lower()] for name in names if name.lower() in named), None)


def _version(runtime_name: str, *, parts: int) -> str:
    match = re.search(r"[\d.]+", runtime_name)
    return ".".join((match[0] if match else "").split(".")[:parts])


def _python_of_path(folder: str, program: str) -> str:
    """The version that a path of the platform names: `/var/lang/python37/bin/python3` is 3.7."""
    if "." in program:
        return ".".join(program.split(".")[:2])
    return f"{folder[0]}.{folder[1:]}" if len(folder) > 1 else ""


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split("."))


def _join(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


def _loopback_python(folder: Path) -> Path:
    """A virtual environment with only our `sitecustomize`, which Python loads however it is started."""
    program = folder / "bin" / "python"
    if not program.exists():
        # The base interpreter: packages of the environment of this program must not be visible to the bundle.
        base = Path(own_python())
        unfinished = folder.with_name(f"{folder.name}-{uuid.uuid4().hex}")
        packages = unfinished / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
        packages.mkdir(parents=True)
        shutil.copyfile(_HERE / "loopback_site.py", packages / "sitecustomize.py")
        (unfinished / "pyvenv.cfg").write_text(f"home = {base.parent}\ninclude-system-site-packages = false\n", "utf-8")
        (unfinished / "bin").mkdir()
        (unfinished / "bin" / "python").symlink_to(base)
        try:
            unfinished.rename(folder)
        except OSError:
            # Another call has made the same one meanwhile.
            shutil.rmtree(unfinished)
    return program
