"""`lazy_pattern`: a pattern that behaves like the compiled one."""

import re

from scfdeploy.model.lazy_pattern import lazy_pattern


def test_methods_and_attributes_equal_those_of_the_compiled_pattern() -> None:
    lazy, compiled = lazy_pattern(r"(?P<word>[a-z]+)", re.IGNORECASE), re.compile(r"(?P<word>[a-z]+)", re.IGNORECASE)

    assert lazy.findall("One 2 three") == compiled.findall("One 2 three")
    assert (lazy.pattern, lazy.flags, lazy.groupindex) == (compiled.pattern, compiled.flags, compiled.groupindex)


def test_invalid_expression_fails_on_first_use_only() -> None:
    lazy = lazy_pattern("(")

    try:
        lazy.search("text")
    except re.error:
        return
    raise AssertionError("compiled")
