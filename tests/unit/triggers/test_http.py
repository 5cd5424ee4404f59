import pytest

from scfdeploy.triggers import CloudTrigger
from scfdeploy.triggers.http import HttpTrigger

HTTP = HttpTrigger()


def test_the_name_has_its_own_default() -> None:
    assert HTTP.name({}, "http-demo-dev") == "url-trigger"
    assert HTTP.name({"name": "api"}, "http-demo-dev") == "api"


def test_nothing_written_means_a_public_url() -> None:
    assert HTTP.to_cloud("url-trigger", {}) == CloudTrigger(
        "url-trigger", '{"AuthType":"NONE","NetConfig":{"EnableIntranet":false,"EnableExtranet":true}}', "$DEFAULT"
    )


def test_in_a_written_block_an_absent_network_is_off() -> None:
    sent = HTTP.to_cloud("url-trigger", {"netConfig": {"enableIntranet": True}})
    assert '"NetConfig":{"EnableIntranet":true,"EnableExtranet":false}' in sent.description


def test_the_full_form_is_compact_with_capitalised_keys() -> None:
    sent = HTTP.to_cloud(
        "url-trigger",
        {
            "authType": "CAM",
            "netConfig": {"enableExtranet": True, "enableIntranet": False},
            "corsConfig": {"enable": True, "origins": ("*",), "methods": ("GET", "POST"), "maxAge": 10},
            "qualifier": "3",
        },
    )
    assert sent.qualifier == "3"
    assert sent.description == (
        '{"AuthType":"CAM","NetConfig":{"EnableIntranet":false,"EnableExtranet":true},'
        '"CorsConfig":{"Enable":true,"Origins":["*"],"Methods":["GET","POST"],"MaxAge":10}}'
    )


def test_reads_back_what_it_knows_and_skips_the_rest() -> None:
    shown = (
        '{"AuthType":"NONE","NetConfig":{"EnableIntranet":false,"EnableExtranet":true,"ExtranetUrl":"https://x"},'
        '"CorsConfig":{"Enable":true,"Origins":["*"]},"EnableSimpleMode":false}'
    )
    assert HTTP.from_cloud(CloudTrigger("url-trigger", shown, "$DEFAULT", enabled=True)) == {
        "qualifier": "$DEFAULT",
        "authType": "NONE",
        "netConfig": {"enableIntranet": False, "enableExtranet": True},
        "corsConfig": {"enable": True, "origins": ("*",)},
    }


@pytest.mark.parametrize("shown", ["", "{", "null", '{"AuthType":null,"NetConfig":[],"CorsConfig":null}'])
def test_text_that_is_no_url_is_read_without_complaint(shown: str) -> None:
    assert HTTP.from_cloud(CloudTrigger("url-trigger", shown, "$DEFAULT")) == {"qualifier": "$DEFAULT"}
