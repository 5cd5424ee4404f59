"""Images that are written in parts, as in an earlier form: registry, namespace, repository and tag."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from scfdeploy.config.fields import Reading
from scfdeploy.config.yaml import Entry, MappingNode, Node, ScalarNode, Style, is_broken, is_null
from scfdeploy.config.yaml.nodes import is_plain_text
from scfdeploy.diagnostics import Edit, Finding, Severity, Span, removed_line
from scfdeploy.diagnostics.page import yaml

IMAGE_PARTS = Finding(
    "image-parts",
    Severity.WARNING,
    "Image is written in parts",
    detail='{keys} are read as imageUrl "{image}".',
    hint="Write `imageUrl:` with this address in their place.",
    title="An image in parts.",
    what="`image` names the registry, the namespace, the repository and the tag, as in an earlier form of the file.",
    why="They are read as one address, which is the current form.",
    wrong=yaml("image:\n  namespace: shop\n  repositoryName: api\n  tagName: '1.4'"),
    right=yaml("image:\n  imageUrl: ccr.ccs.tencentyun.com/shop/api:1.4"),
)
_REGISTRY, _NAMESPACE, _REPOSITORY, _TAG = "registryName", "namespace", "repositoryName", "tagName"
_REQUIRED = (_NAMESPACE, _REPOSITORY, _TAG)


def with_image_url(inputs: MappingNode, reading: Reading) -> MappingNode:
    """The settings with the address of the image in place of its parts, with a warning.

    Unchanged unless namespace, repository and tag are there. The registry is an enterprise one if `registryId` or
    `imageType: enterprise` says so; otherwise the name of the registry has no meaning.
    """
    image = inputs.get("image")
    if image is None or not isinstance(image.value, MappingNode):
        return inputs
    entries, written = _parts(image.value)
    if not entries:
        return inputs
    values = {part: reading.resolve(value) for part, value in written.items()}
    if any(isinstance(value, ScalarNode) and value.ref is not None for value in values.values()):
        return inputs  # an output that is known only after apply cannot be part of an address
    is_enterprise = _is_enterprise(image.value, reading.resolve)
    style = Style.BROKEN if any(map(is_broken, values.values())) else Style.RESOLVED
    if style is not Style.BROKEN:
        address = _address(written, is_enterprise=is_enterprise)
        keys = ", ".join(entry.key.text for entry in entries)
        fix = _fix(entries, address, reading.lines)
        reading.diagnostics.report(IMAGE_PARTS, entries[0].key.span, fix=fix, keys=keys, image=address)
    span = entries[0].value.span
    value = ScalarNode(_address(values, is_enterprise=is_enterprise), style, span)
    url = Entry(ScalarNode("imageUrl", Style.PLAIN, entries[0].key.span), value)
    kept = tuple(entry for entry in image.value if entry not in entries)
    joined = Entry(image.key, MappingNode((url, *kept), image.value.span))
    return MappingNode(tuple(joined if entry is image else entry for entry in inputs), inputs.span)


def address_of_parts(image: MappingNode) -> tuple[list[Entry], str]:
    """The parts of an image, and their address with variables as they are written; no parts if one is missing."""
    entries, written = _parts(image)
    address = _address(written, is_enterprise=_is_enterprise(image, lambda node: node)) if entries else ""
    return entries, address


def _parts(image: MappingNode) -> tuple[list[Entry], dict[str, Node]]:
    """The entries for the parts of an address, and the values of those that have one.

    None of both if a required part is missing, or if there is an address.
    """
    entries = [entry for entry in image if entry.key.text in (_REGISTRY, *_REQUIRED)]
    written = {entry.key.text: entry.value for entry in entries if not is_null(entry.value)}
    is_complete = all(isinstance(written.get(part), ScalarNode) for part in _REQUIRED)
    return (entries, written) if is_complete and image.get("imageUrl") is None else ([], {})


def _is_enterprise(image: MappingNode, resolve: Callable[[Node], Node]) -> bool:
    identifier, kind = image.get("registryId"), image.get("imageType")
    if identifier is not None and not is_null(identifier.value):
        return True
    value = None if kind is None else resolve(kind.value)
    return isinstance(value, ScalarNode) and value.text == "enterprise"


def _address(parts: dict[str, Node], *, is_enterprise: bool) -> str:
    texts = {part: node.text for part, node in parts.items() if isinstance(node, ScalarNode)}
    from scfdeploy.facts.hosts import image_address

    return image_address(
        *(texts.get(part, "") for part in _REQUIRED), enterprise=texts.get(_REGISTRY, "") if is_enterprise else ""
    )


def _fix(entries: Sequence[Entry], address: str, lines: Sequence[str]) -> tuple[Edit, ...]:
    """The edits that write the address in place of the first part, and remove the lines of the others."""
    numbers = {entry.key.span.start.line for entry in entries} | {entry.value.span.end.line for entry in entries}
    if len(numbers) != len(entries) or max(numbers) > len(lines) or not is_plain_text(address):
        return ()
    edits = []
    for number, entry in enumerate(entries):
        start, end = entry.key.span.start, entry.value.span.end
        line = lines[start.line - 1]
        if line[: start.column - 1].strip() or line[end.column - 1 :].strip():
            return ()  # a bracket, a dash or a comment
        if number == 0:
            written = line[start.column - 1 : end.column - 1]
            edits.append(Edit(Span(entry.key.span.file, start, end), f"imageUrl: {address}", written))
        else:
            edits.append(removed_line(entry.key.span.file, start.line, lines))
    return tuple(edits)
