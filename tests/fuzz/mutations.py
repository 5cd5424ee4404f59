"""Inputs made of seeds by chance, the same in every run: what is tried where no fuzzer is installed."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence

_ODD = (
    b"\x00",
    b"\xff",
    b"\x1b[2J",
    b"\xe2\x80\xae",
    b"\xed\xa0\x80",
    b"\\ud800",
    b"\xc2\xb2",
    b"-1",
    b"1e999",
    b"9" * 5000,
)
_VALUES = (
    *(
        b"null",
        b"true",
        b"-1",
        b"1.5",
        b"1e999",
        b"NaN",
        b"[]",
        b"{}",
        b"[null]",
        b'[["a"]]',
        b'{"a": 1}',
        b'""',
        b'"\\ud800"',
    ),
    *(b'"\\u001b[31m"', '"\u00b2"'.encode(), b'"../../a"', b"9" * 400, b"9" * 5000, b'"' + b"1" * 5000 + b'"'),
)
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[\w.$-]+')
_MOST_AT_ONCE = 4
_LONGEST_PIECE = 24


def mutations(seeds: Sequence[bytes], words: Sequence[bytes], *, number: int, seed: str) -> Iterator[bytes]:
    """So many inputs, each a seed that was changed in one to four places."""
    chance = random.Random(seed)
    pieces = [*words, *_ODD]
    for _ in range(number):
        content = bytearray(chance.choice(seeds))
        for _ in range(chance.randint(1, _MOST_AT_ONCE)):
            _change(content, chance, seeds, pieces)
        yield bytes(content)


def _change(content: bytearray, chance: random.Random, seeds: Sequence[bytes], pieces: Sequence[bytes]) -> None:
    at = chance.randint(0, len(content))
    until = at + chance.randint(0, _LONGEST_PIECE)
    match chance.randrange(8):
        case 0:
            content[at:until] = b""
        case 1:
            content[at:at] = chance.choice(pieces)
        case 2:
            content[at:until] = chance.choice(pieces)
        case 3:
            content[at:at] = content[at:until] * chance.choice((1, 1, 2, 40))
        case 4:
            other = chance.choice(seeds)
            start = chance.randint(0, len(other))
            content[at:until] = other[start : start + chance.randint(1, 2 * _LONGEST_PIECE)]
        case 5 | 6 if tokens := list(_TOKEN.finditer(content)):
            token = chance.choice(tokens)
            content[token.start() : token.end()] = chance.choice((*pieces, *_VALUES))
        case _ if content:
            content[min(at, len(content) - 1)] ^= 1 << chance.randrange(8)
