"""Whether a function's code is what is deployed: one field, `src`, told by hash and size."""

from __future__ import annotations

from scfdeploy.model import Bundle, Resource, Value
from scfdeploy.plan.change import FieldChange

PATH = "src"


def code_added(bundle: Bundle | None) -> tuple[FieldChange, ...]:
    """The code of a new function."""
    return () if bundle is None else (FieldChange(PATH, None, _wanted(bundle)),)


def code_difference(bundle: Bundle | None, resource: Resource) -> tuple[FieldChange, ...]:
    """The change of code, unless what is deployed is known to be the same. A deployed hash that nobody could read
    counts as different: sending the code again is safe, only slower.
    """  # noqa: D205
    if bundle is None:
        return ()
    deployed = resource.attributes.get("codeSha256")
    if isinstance(deployed, str) and deployed in {bundle.sha256, *bundle.known_as}:
        return ()
    return code_again(bundle, resource)


def code_again(bundle: Bundle | None, resource: Resource) -> tuple[FieldChange, ...]:
    """The code sent once more, whatever is deployed."""
    return () if bundle is None else (FieldChange(PATH, _deployed(resource), _wanted(bundle)),)


def _wanted(bundle: Bundle) -> dict[str, Value]:
    if bundle.path is None and bundle.bucket:
        return {"bucket": bundle.bucket, "object": bundle.object}
    return {"sha256": bundle.sha256, "size": bundle.size}


def _deployed(resource: Resource) -> dict[str, Value] | None:
    digest = resource.attributes.get("codeSha256")
    if not digest:
        return None
    size = resource.attributes.get("codeSize")
    return {"sha256": digest} if size is None else {"sha256": digest, "size": size}
