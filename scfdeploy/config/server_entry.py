"""Detect a Node.js entry file that only exports its app and never starts a server."""
# Plain strings for paths: pathlib costs start-up time.
# ruff: noqa: PTH113, PTH118, PTH120, PTH123

from __future__ import annotations

import os
import re

from scfdeploy.config.fields import Reading
from scfdeploy.diagnostics import Finding, Severity, Span
from scfdeploy.model import FolderSource

SERVER_NOT_STARTED = Finding(
    "server-not-started",
    Severity.ERROR,
    "Server file only exports its app",
    detail="{entry} exports its app, but nothing listens: the program would exit at once, and every call would fail.",
    hint="Write `entryFile: {starter}`, which starts it.",
    title="A server file that only exports its app.",
    what="The Node.js file that a web function starts exports its app, but neither it nor what it loads listens.",
    why="The program exits at once, and every call fails. The vendor's older components called the exported app for "
    "each request; a web function must listen on port 9000.",
    wrong="```js\nconst app = express();\nmodule.exports = app;\n```",
    right="```js\nconst app = express();\napp.listen(9000, '0.0.0.0');\nmodule.exports = app;\n```",
)

_MOST_FILES = 50
_MOST_BYTES = 1 << 18
_COMMENT = r"/\*.*?\*/|(?<![:\"'])//[^\n]*"
_EXPORT = (
    r"\b(?:exports(?:\.[\w$]+)?\s*=|export\s+default)\s*(?P<app>[\w$]+)\s*;?\s*$"
    r"|\b(?:exports\s*=|export)\s*\{\s*(?P<inner>[\w$]+)(?:\s+as\s+[\w$]+)?\s*,?\s*\}\s*;?\s*$"
)
_STARTS = (
    r"listen|createServer|\bserve\b|\bstart\b|\bfork\b|\bspawn\b|\beval\b|\brequire\s*\(\s*(?![\"'\s])|\bimport\s*\("
)
_LOCAL = r"(?:\brequire\s*\(\s*|\bfrom\s+|\bimport\s+)[\"'](\.[^\"']*)[\"']"
_STARTERS = ("bin/www", "server.js", "index.js", "main.js", "www.js")


def check_server_entry(source: FolderSource, entry: str, span: Span, reading: Reading) -> None:
    """Report an entry file that certainly starts no server: it exports an app, and nothing that it loads listens."""
    if source.hook is not None or not entry.endswith((".js", ".cjs", ".mjs")):
        return
    text = _text(os.path.join(source.root, entry))
    export = re.search(_EXPORT, text or "", re.MULTILINE)
    if text is None or export is None:
        return
    name = export["app"] or export["inner"]
    app = re.escape(name)
    # A function that receives the app as an argument can start it.
    if re.search(rf"[(,]\s*{app}\s*[,)]", text) or _can_listen(source.root, entry):
        return
    other = next((file for file in _STARTERS if file != entry and _can_listen(source.root, file)), None)
    reading.diagnostics.report(
        SERVER_NOT_STARTED,
        span,
        hint=None if other else "Add to {entry}: {app}.listen(9000, '0.0.0.0'); or add a scf_bootstrap that starts it.",
        entry=entry,
        starter=other,
        app=name,
    )


def _can_listen(root: str, entry: str) -> bool:
    """Whether a file, or a file of the project that it loads, possibly starts a server. A missing file does not."""
    top = os.path.join(root, entry)
    pending, visited = [top], {top}
    while pending:
        path = pending.pop()
        text = _text(path)
        if text is None:
            return path != top or os.path.isfile(path)
        if len(visited) > _MOST_FILES or re.search(_STARTS, text):
            return True
        for name in re.findall(_LOCAL, text):
            module = _resolve_module(os.path.normpath(os.path.join(os.path.dirname(path), name)))
            if module is None:
                return True
            if module not in visited and not module.endswith(".json"):
                visited.add(module)
                pending.append(module)
    return False


def _resolve_module(path: str) -> str | None:
    forms = (path, f"{path}.js", f"{path}.cjs", f"{path}.mjs", f"{path}.json", f"{path}/index.js")
    return next((form for form in forms if os.path.isfile(form)), None)


def _text(path: str) -> str | None:
    """The text of a file without comments; None if it cannot be read or is too large to be source code."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            text = file.read(_MOST_BYTES + 1)
    except (OSError, ValueError):
        return None
    return re.sub(_COMMENT, "", text, flags=re.DOTALL) if len(text) <= _MOST_BYTES else None
