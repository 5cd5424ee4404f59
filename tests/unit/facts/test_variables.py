"""The table of built-in variables."""

import string

from scfdeploy.facts import built_in_variables, reserved_prefixes, variables_of_the_platform

# The documentation's table of 31 names, and two names that other pages of it spell differently.
_NAMES = """
TENCENTCLOUD_SESSIONTOKEN TENCENTCLOUD_SECRETID TENCENTCLOUD_SECRETKEY _SCF_SERVER_PORT TENCENTCLOUD_RUNTIMEENV
USER_CODE_ROOT TRIGGER_SRC PYTHONDONTWRITEBYTECODE PYTHONPATH CLASSPATH NODE_PATH PHP_INI_SCAN_DIR _ PWD LOGNAME LANG
LC_ALL USER HOME PATH SHELL SHLVL LD_LIBRARY_PATH HOSTNAME SCF_RUNTIME SCF_FUNCTIONNAME SCF_FUNCTIONVERSION
TENCENTCLOUD_REGION TENCENTCLOUD_APPID TENCENTCLOUD_UID TENCENTCLOUD_TIMEZONE TENCENTCLOUD_RUNENV TENCENTCLOUD_UIN
"""


def test_built_in_variables_are_documented_names() -> None:
    assert sorted(built_in_variables()) == sorted(_NAMES.split())


def test_values_name_only_known_fields() -> None:
    fields = {
        field
        for variable in built_in_variables().values()
        for _, field, _, _ in string.Formatter().parse(variable.value)
        if field
    }
    assert fields == {
        *("token", "secret_id", "secret_key", "java", "node", "python", "host_id", "runtime", "function", "version"),
        *("region", "app_id", "uin"),
    }


def test_names_with_reserved_prefix_are_no_platform_variables() -> None:
    assert not any(name.startswith(reserved_prefixes()) for name in variables_of_the_platform())
    assert {"_", "_SCF_SERVER_PORT", "PATH", "HOSTNAME", "USER"} <= variables_of_the_platform()
