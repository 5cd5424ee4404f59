"""Read values that a converted file leaves out from the environment."""

from __future__ import annotations

import re

from scfdeploy.config.document import Document
from scfdeploy.config.fields.keys import MISSING_KEY
from scfdeploy.config.files import with_line_feeds
from scfdeploy.config.instance import identify, read_instance
from scfdeploy.config.load_result import LoadOptions
from scfdeploy.config.variables.outputs import Outputs
from scfdeploy.config.yaml import MappingNode, parse
from scfdeploy.diagnostics import Diagnostics, Edit
from scfdeploy.diagnostics.edits import SourceText

_MOST_ROUNDS = 10
_VARIABLE = re.compile(r"\$\{env:(\w+)\}")


def write_left_out_values(text: str, file: str, folder: str) -> tuple[str, tuple[str, ...]]:
    """The text of a file with `${env:NAME}` for each required value that it lacks, and the names that were written.

    `folder` is that of the file.
    """
    names: dict[str, None] = {}
    for _ in range(_MOST_ROUNDS):  # two keys that are added in one place need a round each
        fixes = _fixes(text, file, folder)
        text, applied = SourceText(text).edited(fixes)
        written = [edit for fix, is_applied in zip(fixes, applied, strict=True) if is_applied for edit in fix]
        if not written:
            break
        names.update(dict.fromkeys(name for edit in written for name in _VARIABLE.findall(edit.replacement)))
    return text, tuple(names)


def _fixes(text: str, file: str, folder: str) -> list[tuple[Edit, ...]]:
    """The fixes that write a variable."""
    content = with_line_feeds(text.removeprefix("\ufeff"))
    tree = parse(content, file, Diagnostics())
    if not isinstance(tree, MappingNode):
        return []
    found = Diagnostics()
    identified = identify(Document(file, folder, content, tree), LoadOptions(), environment={}, diagnostics=found)
    read_instance(identified, None, outputs=Outputs((identified.key,), frozenset(), {}), diagnostics=found)
    fixes = [finding.fix for finding in found if finding.rule == MISSING_KEY.id and finding.fix]
    return [fix for fix in fixes if any(_VARIABLE.search(edit.replacement) for edit in fix)]
