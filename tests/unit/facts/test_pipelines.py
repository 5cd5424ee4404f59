import re

from scfdeploy.facts.pipelines import actions, wheel_platforms


def test_every_action_is_pinned_by_a_whole_commit_with_its_version() -> None:
    assert "actions/checkout" in actions()
    for action in actions().values():
        assert re.fullmatch(r"[0-9a-f]{40}", action.commit)
        assert re.fullmatch(r"v[0-9]+(\.[0-9]+)*", action.version)


def test_wheels_are_for_linux_on_x86() -> None:
    assert all(name.startswith("manylinux") and name.endswith("_x86_64") for name in wheel_platforms())
