"""`migrate` loses nothing: each key and each comment is in the result, as it was, renamed, or as a comment."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from scfdeploy.config.migration import migrate_text
from tests.support.corpus import ABSENT, CORPUS, real_files

SAMPLES = {path.parent.name: path for path in Path(__file__).parents[1].glob("golden/*/before.yml")}
REAL = {file.name: CORPUS / file.name for file in real_files()}
# Keys with another name or another place in the current format.
MOVED = {"code", "codeUri", "service", "provider", "functions", "include", "vpc", "key"}
# Keys of the old structure around a function: one is left where several become one file.
STRUCTURE = {"component", "inputs"}
_KEY = re.compile(r"""(?:^|[\s{,\[])["']?([A-Za-z_$][\w.$-]*)["']?\s*:(?=\s|$)""", re.MULTILINE)


def missing(before: str, after: str) -> list[str]:
    """The keys and comments of a file that its migrated form has less often."""
    keys = Counter(_KEY.findall(before)) - Counter(_KEY.findall(after))
    return [
        *(key for key in keys if key not in MOVED | STRUCTURE and not is_name(key, after)),
        *(words for words in comments(before) - comments(after)),
    ]


def is_name(key: str, text: str) -> bool:
    """Whether a text has the key of an instance or function as its name."""
    return re.search(rf"name: .*\b{re.escape(key)}\b", text) is not None


def comments(text: str) -> Counter[str]:
    """The words of each comment, in a line of its own or behind a value, which may be a comment itself."""
    return Counter(found.strip() for found in re.findall(r"(?:(?<=\s)|^)(?=#+(.*)$)", text, re.MULTILINE))


def check(path: Path) -> None:
    text = path.read_bytes().decode()
    migrated = migrate_text(text, path.name, default_name="shop")
    after = "\n".join((migrated.text, *(new.text for new in migrated.new_files)))
    assert missing(text.replace("\r\n", "\n"), after.replace("\r\n", "\n")) == []


@pytest.mark.parametrize("name", SAMPLES)
def test_sample_keeps_keys_and_comments(name: str) -> None:
    check(SAMPLES[name])


@pytest.mark.skipif(not REAL, reason=ABSENT)
@pytest.mark.parametrize("name", REAL)
def test_real_file_keeps_keys_and_comments(name: str) -> None:
    check(REAL[name])


def test_lost_key_and_lost_comment_are_noticed() -> None:
    before = "name: hello # first\ninputs:\n  timeout: 3\n  # second\n"

    assert missing(before, "name: hello # first\ninputs:\n  # timeout: 3\n  # second\n") == []
    assert missing(before, "name: hello # first\ninputs:\n") == ["timeout", "second"]
    assert missing(before, "name: hello\ninputs:\n  timeout: 3\n  # second\n") == ["first"]
