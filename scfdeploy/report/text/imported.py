"""The result of `import`: the files written, settings that differ, and the next command; or the list of functions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scfdeploy.diagnostics import message
from scfdeploy.model import Owner
from scfdeploy.report.humanize import plural
from scfdeploy.report.terminal import safe
from scfdeploy.report.text.style import TextStyle, table
from scfdeploy.report.values import change_text
from scfdeploy.results.functions import FunctionList, ListedFunction
from scfdeploy.results.imported import Imported, ImportedFunction

_MANY = 20
"""More files or functions than this are summarised."""
_MOST_ADDRESSES = 5


def render_imported(result: Imported, style: TextStyle) -> str:
    """The files, remarks about functions, and the next command."""
    blocks = ["\n".join(line for text in _files(result) for line in style.lines(text, hanging="  "))]
    is_folded = len(result.functions) > _MANY
    for function in result.functions:
        if not is_folded or function.drift or function.omitted:
            blocks.append("\n".join(_function(function, style)))
    unowned = sum(not function.owned for function in result.functions)
    if is_folded and unowned:
        text = message(
            "{number} functions are not managed by scfdeploy; run apply --adopt to take ownership", number=unowned
        )
        blocks.append("\n".join(style.lines(text)))
    blocks.append("\n".join(_left_out(result, style)))
    if result.functions:
        blocks.append(_next(result))
    return "\n\n".join(filter(None, blocks)) + "\n"


def render_function_list(result: FunctionList, style: TextStyle) -> str:
    """A table of the functions, and the commands that import them."""
    if not result.functions:
        return message("There are no functions in {region}.", region=safe(result.region)) + "\n"
    header = (message("NAME"), message("RUNTIME"), message("STATE"), message("MODIFIED"), message("OWNER"))
    rows = [_row(function) for function in result.functions]
    lines = list(table(header, rows, style, optional=(3, 1)))
    unowned = [function for function in result.functions if function.owner is None]
    lines += ["", message("Region: {region}", region=safe(result.region))]
    lines.append(message("Import one: {command}", command=safe((unowned or result.functions)[0].command)))
    if unowned:
        lines.append(message("Import all without an owner: {command}", command=safe(result.import_all)))
    return "\n".join(lines) + "\n"


def _row(function: ListedFunction) -> tuple[str, ...]:
    address = function.address
    name = address.function if address.namespace == "default" else f"{address.namespace}/{address.function}"
    return (
        safe(name),
        safe(function.runtime or "-"),
        safe(function.state or "-"),
        safe(function.modified or "-"),
        _owner(function.owner),
    )


def _owner(owner: Owner | None) -> str:
    return "-" if owner is None else safe(f"{owner.app}/{owner.stage}")


def _files(result: Imported) -> Iterator[str]:
    for old, new in result.backups:
        yield message("moved {old} to {new}", old=safe(old), new=safe(new))
    for file in _shown(result):
        if file in result.secret_files:
            yield message("wrote {file} (contains secrets: do not commit it)", file=safe(file))
        else:
            yield message("wrote {file}", file=safe(file))
    hidden = len(result.files) - len(_shown(result))
    if hidden:
        yield message("wrote {number} more files below {folder}", number=hidden, folder=safe(result.folder or "."))
    if result.unread_env_file:
        yield message(
            "{file} is no longer read for these files; copy the values that they need from it, such as credentials",
            file=safe(result.unread_env_file),
        )


def _shown(result: Imported) -> Sequence[str]:
    """All files, or of many those with secrets and the first few."""
    if len(result.files) <= _MANY:
        return result.files
    first = result.files[:3]
    return [*(file for file in result.secret_files if file not in first), *first]


def _function(function: ImportedFunction, style: TextStyle) -> Iterator[str]:
    head = style.paint(f"{safe(str(function.address))}:", "bold")
    if not function.owned:
        text = message("not managed by scfdeploy; run apply --adopt to take ownership")
        yield from style.lines(f"{head} {text}", hanging="  ")
    elif function.drift or function.omitted:
        yield head
    for address, reason in function.omitted:
        text = message("not in the file: {address}: {reason}", address=safe(str(address)), reason=safe(reason))
        yield from style.lines(text, "  ", hanging="  ")
    if function.drift:
        yield "  " + message("the plan is not empty (cloud -> file):")
    for field in function.drift:
        yield f"    {safe(field.path)}: {change_text(field, style.width - len(field.path) - 8)}"


def _left_out(result: Imported, style: TextStyle) -> Iterator[str]:
    if not result.left_out:
        if not result.functions:
            yield message("There are no functions to import.")
        return
    yield plural(len(result.left_out), "Not imported: {number} function", "Not imported: {number} functions")
    by_reason: dict[str, list[str]] = {}
    for address, reason in result.left_out:
        by_reason.setdefault(reason, []).append(safe(str(address)))
    for reason, addresses in by_reason.items():
        listed = ", ".join(addresses[:_MOST_ADDRESSES])
        if len(addresses) > _MOST_ADDRESSES:
            listed = message("{listed} and {number} more", listed=listed, number=len(addresses) - _MOST_ADDRESSES)
        yield from style.lines(f"{safe(reason)}: {listed}", "  ", hanging="  ")


def _next(result: Imported) -> str:
    target = f" {safe(result.folder)}" if result.folder else ""
    adopt = "" if all(function.owned for function in result.functions) else " --adopt"
    return message("Next: scfdeploy plan{arguments}", arguments=f"{target}{adopt}")
