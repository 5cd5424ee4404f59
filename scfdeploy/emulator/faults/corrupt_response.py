"""Ways in which a right answer can reach the client in a wrong form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from scfdeploy.emulator.messages import Answer

_PAGE = b"<html><head><title>502</title></head><body>The gateway is away.</body></html>"


def garble(answer: Answer, how: str) -> Answer:
    """The answer in the form that GARBLES describes."""
    return replace(GARBLES[how](answer), outcome=f"garbled {how}")


def _cut(answer: Answer) -> Answer:
    return replace(answer, sent=len(answer.body) // 2)


def _half(answer: Answer) -> Answer:
    return replace(answer, body=answer.body[: len(answer.body) // 2])


def _empty(answer: Answer) -> Answer:
    return replace(answer, body=b"")


def _page(answer: Answer) -> Answer:
    return replace(answer, body=_PAGE, content_type="text/html")


def _content_type(answer: Answer) -> Answer:
    return replace(answer, content_type="application/json; charset=utf-8")


# cut: half of the bytes that were announced, then the connection closes; half: half of the body as if it were whole;
# empty: no body; page: a gateway's page in HTML; content-type: the right body, under a type that clients stumble over.
GARBLES: dict[str, Callable[[Answer], Answer]] = {
    "cut": _cut,
    "half": _half,
    "empty": _empty,
    "page": _page,
    "content-type": _content_type,
}
