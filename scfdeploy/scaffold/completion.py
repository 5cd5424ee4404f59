"""Shell completion: the scripts for bash, zsh and fish, and where each shell looks for them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.records import NamedTuple
from scfdeploy.scaffold.rendering import templates
from scfdeploy.workspace.atomic_write import replace_file

SHELLS = ("bash", "zsh", "fish")
_OWN_MARK = b"Written by `scfdeploy completion"
"""In the first lines of each script: a file with it is ours to replace."""
_RC_MARK = "# scfdeploy completion"


class InstalledFile(NamedTuple):
    """A file that completion needs."""

    path: Path
    changed: bool
    """False if it had this content already."""


class InstalledCompletion(NamedTuple):
    """What an installation did."""

    files: tuple[InstalledFile, ...]
    advice: str
    """What is left for the user to do."""


def completion_script(shell: str) -> str:
    """The script for one of `SHELLS`."""
    return (templates() / "completion" / f"scfdeploy.{shell}").read_text(encoding="utf-8")


def install_completion(shell: str, environ: Mapping[str, str], *, edit_zshrc: bool = False) -> InstalledCompletion:
    """Write the script to the user's folder for completions of a shell. A second time, nothing changes.

    `edit_zshrc` also adds a line to .zshrc. Raises ScfDeployError if a file cannot be written or is not ours.
    """
    home = _home(environ)
    path = _target(shell, home, environ)
    files = [_write_script(path, completion_script(shell).encode())]
    if shell == "zsh" and edit_zshrc:
        files.append(_add_line(_folder(environ, "ZDOTDIR", home) / ".zshrc", path))
    return InstalledCompletion(tuple(files), _advice(shell, path, edit_zshrc=edit_zshrc))


def _home(environ: Mapping[str, str]) -> Path:
    home = environ.get("HOME", "")
    if not os.path.isabs(home):  # noqa: PTH117 - plain text may be empty
        raise ScfDeployError(
            message("the home folder is unknown: HOME is not set"),
            hint=message("Set HOME, or write the output of `scfdeploy completion` to a file yourself."),
        )
    return Path(home)


def _folder(environ: Mapping[str, str], name: str, default: Path) -> Path:
    """The folder in an environment variable; relative paths are ignored, as the XDG specification asks."""
    folder = Path(environ.get(name, ""))
    return folder if folder.is_absolute() else default


def _target(shell: str, home: Path, environ: Mapping[str, str]) -> Path:
    data = _folder(environ, "XDG_DATA_HOME", home / ".local" / "share")
    match shell:
        case "bash":
            own = _folder(environ, "BASH_COMPLETION_USER_DIR", data / "bash-completion")
            return own / "completions" / "scfdeploy"
        case "zsh":
            return data / "zsh" / "site-functions" / "_scfdeploy"
        case _:
            settings = _folder(environ, "XDG_CONFIG_HOME", home / ".config")
            return settings / "fish" / "completions" / "scfdeploy.fish"


def _write_script(path: Path, script: bytes) -> InstalledFile:
    existing = _content(path)
    if existing == script:
        return InstalledFile(path, changed=False)
    if existing and _OWN_MARK not in existing[:300]:
        raise ScfDeployError(
            message("{path} was not written by scfdeploy; nothing was changed", path=path),
            hint=message("Move the file away, then run the command again."),
        )
    _write(path, script)
    return InstalledFile(path, changed=True)


def _add_line(zshrc: Path, script: Path) -> InstalledFile:
    existing = _content(zshrc) or b""
    if _RC_MARK.encode() in existing:
        return InstalledFile(zshrc, changed=False)
    quoted = "'" + str(script).replace("'", "'\\''") + "'"
    load = f"(( $+functions[compdef] )) || {{ autoload -Uz compinit && compinit }}; source {quoted}"
    separator = "" if not existing or existing.endswith(b"\n") else "\n"
    _write(zshrc, existing + f"{separator}{load} {_RC_MARK}\n".encode())
    return InstalledFile(zshrc, changed=True)


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ScfDeployError(message("{path} cannot be read: {reason}", path=path, reason=error.strerror)) from error


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ScfDeployError(
            message("cannot create the folder {folder}: {reason}", folder=path.parent, reason=error.strerror),
            hint=message("Choose a writable folder."),
        ) from error
    replace_file(path, content)


def _advice(shell: str, path: Path, *, edit_zshrc: bool) -> str:
    if shell == "bash":
        return message(
            "Start a new shell. This needs the package bash-completion; without it, add to ~/.bashrc: source {path}",
            path=path,
        )
    if shell == "fish":
        return message("fish loads it immediately, also in open shells.")
    if edit_zshrc:
        return message("Start a new shell.")
    return message(
        "Add this line to ~/.zshrc before `compinit` is called, then start a new shell:\n"
        '  fpath=("{folder}" $fpath)\n'
        "Or run the command again with --edit-zshrc, which adds a line that loads the script.",
        folder=path.parent,
    )
