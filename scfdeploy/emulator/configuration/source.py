"""The text of a function's entry file, as GetFunction shows it on request."""

from __future__ import annotations

import io
import zipfile

from scfdeploy.emulator.call import Call
from scfdeploy.emulator.messages import Json
from scfdeploy.facts import runtime

_SUFFIXES = {"python": ".py", "nodejs": ".js", "php": ".php"}
# Larger entry files are not shown.
_MAX_BYTES = 1 << 20


def shown_code(call: Call, version: Json) -> str:
    """The entry file's text; empty where there is no single one, or it is too large."""
    known = runtime(version["Runtime"])
    suffix = _SUFFIXES.get(known.language) if known else None
    content = call.store.blob(version["blob"]) if version["blob"] else None
    if suffix is None or content is None:
        return ""
    name = version["Handler"].partition(".")[0] + suffix
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entry = next((info for info in archive.infolist() if info.filename == name), None)
        if entry is None or entry.file_size > _MAX_BYTES:
            return ""
        return archive.read(entry).decode("utf-8", "replace")
