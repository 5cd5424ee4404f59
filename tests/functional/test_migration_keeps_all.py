"""`migrate` loses nothing: keys, values and comments are in the result, as they were, renamed, or as a comment."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from scfdeploy.config.migration import migrate_text
from tests.support.corpus import ABSENT, CORPUS, real_files

SAMPLES = {path.parent.name: path for path in Path(__file__).parents[1].glob("golden/*/before.yml")}
REAL = {file.name: CORPUS / file.name for file in real_files()}
# Keys with another name in the current format, of which the result must have more than before.
RENAMED = {
    "code": "src",
    "codeUri": "src",
    "service": "name",
    "provider": "inputs",
    "functions": "component",
    "vpc": "vpcConfig",
    "key": "object",
}
# Keys of the old structure around a function: one is left where several become one file.
# Patterns of `include` are added to those of `exclude`; they are values.
STRUCTURE = {"component", "inputs", "include"}
# A value behind a key or a dash, without a comment; the line may be a comment itself.
_VALUE = re.compile(r"""^[\s#]*(?:-\s+)*(?:["']?[\w.$@/-]+["']?\s*:)?[ \t]*(.*?)\s*(?:\s#.*)?$""", re.MULTILINE)
_KEY = re.compile(r"""(?:^|[\s{,\[])["']?([A-Za-z_$][\w.$-]*)["']?\s*:(?=\s|$)""", re.MULTILINE)


def missing(before: str, after: str) -> list[str]:
    """The keys and comments of a file that its migrated form has less often, and the values that it lacks."""
    old, new = Counter(_KEY.findall(before)), Counter(_KEY.findall(after))
    return [
        *(
            key
            for key in old - new
            if key not in STRUCTURE and not is_name(key, after) and not is_renamed(key, new - old)
        ),
        *(part for part in parts(before) if part not in after.replace("''", "'")),
        *(words for words in comments(before) - comments(after)),
    ]


def is_name(key: str, text: str) -> bool:
    """Whether a text has the key of an instance or function as its name."""
    return re.search(rf"name: .*\b{re.escape(key)}\b", text) is not None


def is_renamed(key: str, added: Counter[str]) -> bool:
    """Whether a key has another name in the current format, and is among those that were added."""
    return RENAMED.get(key) in added


def parts(text: str) -> list[str]:
    """The parts between slashes of each value; variables and names of components are replaced by others."""
    values = (value.strip("'\" ") for value in _VALUE.findall(text))
    kept = [value for value in values if "${" not in value and not value.startswith("@serverless/")]
    return [part for value in kept for part in value.split("/") if part]


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
    assert missing(before, "name: hello # first\ninputs:\n") == ["timeout", "3", "second"]
    assert missing(before, "name: hello\ninputs:\n  timeout: 3\n  # second\n") == ["first"]


def test_lost_value_and_key_without_its_new_name_are_noticed() -> None:
    before = "name: hello\ncodeUri: ./lib/one\n"

    assert missing(before, "name: hello\nsrc: ../lib/one\n") == []
    assert missing(before, "name: hello\nsrc: ./lib\n") == ["one"]
    assert missing(before, "name: hello\nother: ./lib/one\n") == ["codeUri"]
