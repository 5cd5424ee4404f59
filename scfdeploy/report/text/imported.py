"""What an import wrote, what could not be written, and how to go on."""

from __future__ import annotations

from collections.abc import Iterator

from scfdeploy.report.terminal import safe
from scfdeploy.report.text.style import TextStyle
from scfdeploy.report.text.values import change_text
from scfdeploy.results import Imported, ImportedFunction


def render_imported(result: Imported, style: TextStyle) -> str:
    """The files, what is to be known of single functions, and the next command."""
    blocks = ["\n".join(_files(result))]
    blocks += ["\n".join(lines) for function in result.functions if (lines := list(_function(function, style)))]
    blocks.append(_next(result))
    return "\n\n".join(blocks) + "\n"


def _files(result: Imported) -> Iterator[str]:
    for old, new in result.aside:
        yield f"moved {safe(old)} to {safe(new)}"
    for file in result.files:
        secret = " (contains secrets: do not commit it)" if file in result.secrets else ""
        yield f"wrote {safe(file)}{secret}"
    if result.unread:
        yield f"{safe(result.unread)} is no longer read for these files; copy what they need from it, such as keys"


def _function(function: ImportedFunction, style: TextStyle) -> Iterator[str]:
    head = style.paint(f"{safe(str(function.address))}:", "bold")
    if not function.owned:
        yield f"{head} not managed by scfdeploy; run apply --adopt to take ownership"
    elif function.drift or function.left_out:
        yield head
    for address, why in function.left_out:
        yield f"  not in the file: {safe(str(address))}: {safe(why)}"
    if function.drift:
        yield "  the plan is not empty (cloud -> file):"
    for field in function.drift:
        yield f"    {safe(field.path)}: {change_text(field, style.width - len(field.path) - 8)}"


def _next(result: Imported) -> str:
    target = f" {safe(result.folder)}" if result.folder else ""
    adopt = "" if all(function.owned for function in result.functions) else " --adopt"
    return f"Next: scfdeploy plan{target}{adopt}"
