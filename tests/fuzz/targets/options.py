"""What is typed behind --var, --target, --ignore and for a name: taken, or wrong usage in words."""

from __future__ import annotations

from scfdeploy.cli.arguments import function_address, make_request, targets
from scfdeploy.cli.exits import UsageError
from scfdeploy.model import Address
from tests.fuzz.promises import require, require_harmless

WORDS = (b"function/", b"default/", b"trigger/", b"timer/", b"layer/", b"namespace/", b"alias/", b"=", b"concurrency/")
LONGEST = 300


def target(data: bytes) -> None:
    """Read the text as each of them."""
    # Surrogates are how bytes that are no UTF-8 come from a shell.
    text = data.decode("utf-8", "surrogateescape")
    for read in (_variable, _rule, _address, _name):
        try:
            read(text)
        except UsageError as error:
            require_harmless(str(error))


def _variable(text: str) -> None:
    taken = make_request(".", var=[text]).load.variables
    require(["=".join(pair) for pair in taken.items()] == [text], "a variable that is not what was typed")


def _rule(text: str) -> None:
    require(make_request(".", ignore=[text]).ignore == {text}, "a rule that is not what was typed")


def _address(text: str) -> None:
    (found,) = targets([text])
    require(str(found) == text, f"the target {text!r} became {str(found)!r}")


def _name(text: str) -> None:
    found = function_address(text, "default")
    require(Address.parse(str(found)) == found, "an address that cannot be read")
    require(text in (found.function, f"{found.namespace}/{found.function}"), "a name that is not what was typed")
