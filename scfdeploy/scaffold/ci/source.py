"""The scfdeploy package that a pipeline installs: a git commit, or a wheel with its hash, never a name on an index.

There is no release on PyPI, so another package with this name could run code in users' pipelines.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import unquote

from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.records import NamedTuple
from scfdeploy.scaffold.ci.names import inside_repository

_COMMIT = re.compile(r"[0-9a-f]{40}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
# Without user, password and query, which can contain secrets.
_PATH = r"/[A-Za-z0-9._~%+/-]+"
_HOST = r"[A-Za-z0-9][A-Za-z0-9.-]*(?::[0-9]+)?"
_REPOSITORY = re.compile(rf"(?:https://|ssh://(?:[A-Za-z0-9_-]+@)?){_HOST}{_PATH}")
_URL = re.compile(rf"https://{_HOST}{_PATH}")
_FILE = re.compile(r"[A-Za-z0-9._+/-]+")
_REMOTE = re.compile(r'^\[remote "origin"\][^\[]*?^\s*url\s*=\s*(\S+)', re.MULTILINE)
_OVER_SSH = re.compile(r"^(?:ssh://)?(?:[A-Za-z0-9_-]+@)([A-Za-z0-9.-]+)(?::[0-9]+/|[:/])")
_WHEEL = re.compile(r"scfdeploy-[0-9][A-Za-z0-9.+!_]*-py3-none-any\.whl")


class Source(NamedTuple):
    """A package to install. `spec` is a value of `--package`, `kind` is `git`, `url` or `file`."""

    spec: str
    kind: str


def parse_source(spec: str, root: Path) -> Source:
    """Parse `--package`. Computes the hash of a local wheel. ScfDeployError when it is invalid."""
    text = re.sub(r"^scfdeploy\s*@\s*", "", spec.strip())
    if text.startswith("git+"):
        return _git(text)
    place, _, fragment = text.partition("#")
    name = place.rpartition("/")[2]
    if not name.endswith(".whl"):
        raise ScfDeployError(
            message("--package {spec} is neither a git commit nor a wheel", spec=repr(spec)), hint=_hint()
        )
    if _WHEEL.fullmatch(name) is None:
        raise ScfDeployError(
            message("--package {spec}: {name} is not a wheel of scfdeploy", spec=repr(spec), name=name), hint=_hint()
        )
    sha256 = fragment.removeprefix("sha256=") if fragment else ""
    if fragment and _SHA256.fullmatch(sha256) is None:
        raise ScfDeployError(
            message("--package {spec}: # must be followed by sha256= and 64 hexadecimal digits", spec=repr(spec)),
            hint=_hint(),
        )
    return _url(place, sha256) if "://" in place else _file(place, sha256, root)


def installed_source(root: Path) -> str | None:
    """The source of this installation as a value of `--package`; None when a pipeline cannot install from it.

    Installers record it in direct_url.json, except for packages from an index.
    """
    spec = spec_of_direct_url(_direct_url(), root)
    if spec is None:
        return None
    try:
        return parse_source(spec, root).spec
    except ScfDeployError:
        return None


def spec_of_direct_url(text: str, root: Path) -> str | None:
    """The value of `--package` for a direct_url.json; None unless it names a git commit or an archive."""
    try:
        origin = json.loads(text)
        url = str(origin["url"])
        if "subdirectory" in origin:
            return None
        if "vcs_info" in origin:
            vcs = origin["vcs_info"]
            return f"git+{url}@{vcs['commit_id']}" if vcs["vcs"] == "git" else None
        sha256 = _sha256_of(origin["archive_info"])
    except (ValueError, KeyError, TypeError):
        return None
    if not url.startswith("file://"):
        return f"{url}#sha256={sha256}"
    try:
        path = Path(unquote(url.removeprefix("file://"))).relative_to(root.resolve())
    except ValueError:
        return None
    return f"{path.as_posix()}#sha256={sha256}"


def missing_source(root: Path) -> ScfDeployError:
    """The error when there is no package to install, with what to pass."""
    spec = working_tree_source(root)
    return ScfDeployError(
        message("the pipeline needs a commit or a wheel of scfdeploy to install; this one was installed from neither"),
        hint=_hint()
        if spec is None
        else message("This one is a copy of a repository. If its commit is pushed, pass --package {spec}", spec=spec),
    )


def working_tree_source(root: Path) -> str | None:
    """The commit of the working tree that this scfdeploy was installed from, as a value of `--package`.

    None without one. The commit is not known to be pushed.
    """
    return spec_of_working_tree(_direct_url(), root)


def _direct_url() -> str:
    """The direct_url.json of this installation; empty if it has none."""
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        return distribution("scfdeploy").read_text("direct_url.json") or ""
    except PackageNotFoundError:
        return ""


def spec_of_working_tree(text: str, root: Path) -> str | None:
    """The value of `--package` for a direct_url.json with a folder that has a commit and a remote repository."""
    try:
        origin = json.loads(text)
        if "dir_info" not in origin:
            return None
        git = Path(unquote(str(origin["url"]).removeprefix("file://"))) / ".git"
        remote = _REMOTE.search((git / "config").read_text("utf-8"))
        head = (git / "HEAD").read_text("utf-8").strip()
        commit = _commit_of(git, head.removeprefix("ref: ")) if head.startswith("ref: ") else head
        if remote is None:
            return None
        address = _OVER_SSH.sub(r"https://\1/", remote[1])
        return parse_source(f"git+{address}@{commit}", root).spec
    except (ValueError, KeyError, TypeError, OSError, ScfDeployError):
        return None


def _commit_of(git: Path, branch: str) -> str:
    try:
        return (git / branch).read_text("utf-8").strip()
    except FileNotFoundError:
        lines = (git / "packed-refs").read_text("utf-8").splitlines()
        return next((line.partition(" ")[0] for line in lines if line.endswith(f" {branch}")), "")


def _hint() -> str:
    return message(
        "Pass --package git+https://HOST/OWNER/scfdeploy@COMMIT; `git ls-remote https://HOST/OWNER/scfdeploy HEAD` "
        "prints the commit. Or put a wheel into the repository, and pass its path."
    )


def _no_secrets() -> str:
    return message(" It must not contain a password or token, because it is written to a file.")


def _sha256_of(archive: dict[str, object]) -> str:
    hashes = archive.get("hashes")
    if isinstance(hashes, dict):
        return str(hashes["sha256"])
    return str(archive["hash"]).removeprefix("sha256=")


def _git(text: str) -> Source:
    repository, at, commit = text.removeprefix("git+").rpartition("@")
    if not at or _COMMIT.fullmatch(commit) is None:
        raise ScfDeployError(
            message("--package {text} does not end with @ and a commit of 40 hexadecimal digits", text=repr(text)),
            hint=message("Branches and tags can move. `git rev-parse NAME` prints the commit."),
        )
    if _REPOSITORY.fullmatch(repository) is None:
        raise ScfDeployError(
            message("--package {text} is not the https:// or ssh:// address of a repository", text=repr(text)),
            hint=_hint() + _no_secrets(),
        )
    return Source(text, "git")


def _url(url: str, sha256: str) -> Source:
    if _URL.fullmatch(url) is None:
        raise ScfDeployError(
            message("--package {url} is not an https:// address of a wheel", url=repr(url)),
            hint=_hint() + _no_secrets(),
        )
    if not sha256:
        raise ScfDeployError(
            message("--package {url} has no hash", url=repr(url)),
            hint=message("Append #sha256= and the hash. `sha256sum FILE` prints it."),
        )
    return Source(f"{url}#sha256={sha256}", "url")


def _file(path: str, sha256: str, root: Path) -> Source:
    if _FILE.fullmatch(path) is None:
        raise ScfDeployError(
            message("--package {path} cannot be written into a pipeline file", path=repr(path)),
            hint=message("Use letters, digits and . _ + / -."),
        )
    if not path.startswith("/"):
        path = inside_repository(path, "--package")
    try:
        content = (root / path).read_bytes()
    except OSError as error:
        if sha256 and path.startswith("/"):
            return Source(f"{path}#sha256={sha256}", "file")  # a file on the pipeline's agent
        raise ScfDeployError(
            message("--package {path} cannot be read: {reason}", path=repr(path), reason=error.strerror),
            hint=message("Put the wheel into the repository, and pass its path relative to the root."),
        ) from error
    import hashlib

    actual = hashlib.sha256(content).hexdigest()
    if sha256 and sha256 != actual:
        raise ScfDeployError(
            message(
                "--package {path} does not match the given hash; its hash is {actual}", path=repr(path), actual=actual
            ),
            hint=_hint(),
        )
    # pip treats a name with a folder as a path.
    return Source(f"{path if '/' in path else f'./{path}'}#sha256={actual}", "file")
