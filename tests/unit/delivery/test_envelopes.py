"""The dead letter of SCF: fields, order and both readings of the sample."""

from __future__ import annotations

import json

import pytest

from scfdeploy.delivery.envelopes import FailedEvent, scf_dead_letter, texts_of_dead_letter

FAILED = FailedEvent(
    "3fd0", 430, "KeyError: 'customer'", 1300000001, "100000000001", "TRIGGER_TIMER", "orders", "default", "$DEFAULT",
    '{"Type": "Timer"}', 1795831200000, 1795831320000, 2, 21480,
)  # fmt: skip


def test_dead_letter_has_documented_fields_in_order() -> None:
    assert scf_dead_letter(FAILED).body == (
        '{"RequestId": "3fd0", "ErrorCode": -1, "ErrorMessage": "KeyError: \'customer\'", "Body": {"AppId": '
        '1300000001, "Uin": "100000000001", "SubAccountUin": null, "RequestSource": "TRIGGER_TIMER", '
        '"FunctionName": "orders", '
        '"Namespace": "default", "Qualifier": "$DEFAULT", "InvocationType": "RequestResponse", '
        '"ClientContext": "{\\"Type\\": \\"Timer\\"}", "LogType": "", "TimeStampForInvoker": "1795831200000", '
        '"RequestId": "3fd0", "PushTime": "2026-11-28T10:02:00.000000000+08:00", "RetryNum": 2, "Ttl": 0}}'
    )


@pytest.mark.parametrize("plain", [False, True])
def test_dead_letter_is_the_text_that_json_writes(plain: bool) -> None:
    odd = '"\\\n\t\x00\x7f é\u2028 中 😀 \ud800 </script>'
    failed = FAILED._replace(error_message=odd, function=odd, event=odd, request_id=odd, namespace=odd, uin=odd)
    text = scf_dead_letter(failed, plain=plain).body
    letter = json.loads(text)
    assert json.dumps(letter, ensure_ascii=False) == text
    inner = letter["Body"]
    assert {letter["RequestId"], letter["ErrorMessage"], inner["RequestId"], inner["Uin"], inner["FunctionName"]} == {
        odd
    }
    assert {inner["Namespace"], inner["ClientContext"]} == {odd}


def test_attributes_of_dead_letter_repeat_its_fields() -> None:
    for plain, code in ((False, -1), (True, 430)):
        attributes = dict(scf_dead_letter(FAILED, plain=plain).attributes)
        assert attributes == {"RequestId": "3fd0", "ErrorCode": code, "ErrorMessage": "KeyError: 'customer'"}


def test_texts_of_dead_letter_are_those_of_its_fields() -> None:
    payload = '{"Type": "中"}'
    found = texts_of_dead_letter(scf_dead_letter(FAILED._replace(event=payload)).body)
    assert found is not None
    assert {"3fd0", "KeyError: 'customer'", "orders", payload, "1795831200000"} <= set(found)


@pytest.mark.parametrize(
    ("old", "new"),
    [('"RetryNum": 2', '"RetryNum": 02'), ('"Ttl": 0', '"Ttl": -0'), ("Timer", "\\n"), ("Timer", "\n"), ("Ttl", "ttl")],
)
def test_only_text_that_json_writes_again_counts_as_dead_letter(old: str, new: str) -> None:
    assert texts_of_dead_letter(scf_dead_letter(FAILED).body.replace(old, new)) is None


def test_plain_dead_letter_states_status_and_time_left() -> None:
    body = json.loads(scf_dead_letter(FAILED, plain=True).body)
    inner = body["Body"]
    assert (body["ErrorCode"], inner["InvocationType"], inner["Ttl"]) == (430, "Event", 21480)


def test_dead_letter_time_has_milliseconds() -> None:
    inner = json.loads(scf_dead_letter(FAILED._replace(sent_at=1795831320045)).body)["Body"]
    assert inner["PushTime"] == "2026-11-28T10:02:00.045000000+08:00"
