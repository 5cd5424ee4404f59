"""Blocks that the API takes as a whole: what a written one leaves out falls back to the platform's default."""

from __future__ import annotations

from collections.abc import Mapping

from scfdeploy.model import FUNCTION_FIELDS, Value
from scfdeploy.model.fields import by_name
from scfdeploy.plan.diff.blocks import Block
from scfdeploy.plan.diff.normalise import normal

_IMAGE, _CONCURRENCY = "image", "instanceConcurrencyConfig"
_WHOLE = (_IMAGE, _CONCURRENCY)


def fill_defaults(settings: Block, observed: Block) -> dict[str, Value]:
    """The settings, with what the file leaves out of such a block and the cloud has, at its default.

    An image whose address means what is deployed keeps the deployed address.
    """
    found = dict(settings)
    for name in _WHOLE:
        wanted, shown = settings.get(name), observed.get(name)
        if isinstance(wanted, Mapping) and wanted and isinstance(shown, Mapping) and not _is_off(name, wanted):
            found[name] = {**_fallen_back(name, shown), **wanted}
            if name == _IMAGE and same_image(str(wanted.get("imageUrl")), str(shown.get("imageUrl"))):
                found[name] = {**_mapping(found[name]), "imageUrl": shown["imageUrl"]}
    return found


def same_image(wanted: str, shown: str) -> bool:
    """Whether a deployed image, whose address always has tag and digest, is the one that is wanted.

    A tag alone means whatever digest it had when it was deployed; a digest alone means it under any tag.
    """
    name, tag, digest = _parts(wanted)
    shown_name, shown_tag, shown_digest = _parts(shown)
    return name == shown_name and tag in ("", shown_tag) and digest in ("", shown_digest) and bool(tag or digest)


def _parts(address: str) -> tuple[str, str, str]:
    rest, _, digest = address.partition("@")
    head, slash, last = rest.rpartition("/")
    name, _, tag = last.partition(":")
    return f"{head}{slash}{name}", tag, digest


def _is_off(name: str, block: Block) -> bool:
    return name == _CONCURRENCY and block.get("enable") is False


def _fallen_back(name: str, shown: Block) -> dict[str, Value]:
    fields = by_name(by_name(FUNCTION_FIELDS)[name].fields)
    return {key: normal(fields[key], fields[key].default) for key in shown if key in fields}


def _mapping(value: Value) -> Block:
    return value if isinstance(value, Mapping) else {}
