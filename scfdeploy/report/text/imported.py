"""The result of `import`: the files written, settings that differ, and the next command."""

from __future__ import annotations

from collections.abc import Iterator

from scfdeploy.diagnostics import message
from scfdeploy.report.terminal import safe
from scfdeploy.report.text.style import TextStyle
from scfdeploy.report.values import change_text
from scfdeploy.results import Imported, ImportedFunction


def render_imported(result: Imported, style: TextStyle) -> str:
    """The files, remarks about functions, and the next command."""
    blocks = ["\n".join(_files(result))]
    blocks += ["\n".join(lines) for function in result.functions if (lines := list(_function(function, style)))]
    blocks.append(_next(result))
    return "\n\n".join(blocks) + "\n"


def _files(result: Imported) -> Iterator[str]:
    for old, new in result.backups:
        yield message("moved {old} to {new}", old=safe(old), new=safe(new))
    for file in result.files:
        if file in result.secret_files:
            yield message("wrote {file} (contains secrets: do not commit it)", file=safe(file))
        else:
            yield message("wrote {file}", file=safe(file))
    if result.unread_env_file:
        yield message(
            "{file} is no longer read for these files; copy the values that they need from it, such as credentials",
            file=safe(result.unread_env_file),
        )


def _function(function: ImportedFunction, style: TextStyle) -> Iterator[str]:
    head = style.paint(f"{safe(str(function.address))}:", "bold")
    if not function.owned:
        yield f"{head} " + message("not managed by scfdeploy; run apply --adopt to take ownership")
    elif function.drift or function.omitted:
        yield head
    for address, reason in function.omitted:
        yield "  " + message("not in the file: {address}: {reason}", address=safe(str(address)), reason=safe(reason))
    if function.drift:
        yield "  " + message("the plan is not empty (cloud -> file):")
    for field in function.drift:
        yield f"    {safe(field.path)}: {change_text(field, style.width - len(field.path) - 8)}"


def _next(result: Imported) -> str:
    target = f" {safe(result.folder)}" if result.folder else ""
    adopt = "" if all(function.owned for function in result.functions) else " --adopt"
    return message("Next: scfdeploy plan{arguments}", arguments=f"{target}{adopt}")
