"""Calls a Go program as the platform does: its library serves `Function.Invoke` with Go's net/rpc.

No document of the platform describes this. The service, the fields of its messages and the variables with the port are
those of the vendor's library scf-go-lib, with which such programs are built. Messages have the form of encoding/gob:
each type is described once per connection, and fields with their zero value are left out.

This module runs without its package, beside `bootstrap_program.py`.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

PORT = 28902
PORT_VARIABLES = ("_SCF_SERVER_PORT", "_LAMBDA_SERVER_PORT")
_INT, _UINT, _BYTES, _STRING = 2, 3, 5, 6
_FIRST_OWN_ID = 65


class RpcError(Exception):
    """The service rejected a call, or its answer cannot be read."""


@dataclass(frozen=True, slots=True)
class _Struct:
    name: str
    fields: Sequence[tuple[str, int]]
    """Name and type id of each field."""


@dataclass(frozen=True, slots=True)
class _List:
    element: int


@dataclass(frozen=True, slots=True)
class _Map:
    key: int
    value: int


_Type = _Struct | _List | _Map

# The types that describe types, with the ids that encoding/gob gives them.
_DESCRIPTION, _ARRAY, _COMMON, _SLICE, _STRUCT, _FIELD, _FIELDS, _MAP = range(16, 24)
_GOB_TYPES: Mapping[int, _Type] = {
    _DESCRIPTION: _Struct("wireType", [("Array", _ARRAY), ("Slice", _SLICE), ("Struct", _STRUCT), ("Map", _MAP)]),
    _ARRAY: _Struct("arrayType", [("Common", _COMMON), ("Elem", _INT), ("Len", _INT)]),
    _COMMON: _Struct("CommonType", [("Name", _STRING), ("Id", _INT)]),
    _SLICE: _Struct("sliceType", [("Common", _COMMON), ("Elem", _INT)]),
    _STRUCT: _Struct("structType", [("Common", _COMMON), ("Field", _FIELDS)]),
    _FIELD: _Struct("fieldType", [("Name", _STRING), ("Id", _INT)]),
    _FIELDS: _List(_FIELD),
    _MAP: _Struct("mapType", [("Common", _COMMON), ("Key", _INT), ("Elem", _INT)]),
}
_REQUEST, _INVOCATION, _TIMESTAMP = range(_FIRST_OWN_ID, _FIRST_OWN_ID + 3)
_SENT_TYPES: Mapping[int, _Struct] = {
    _REQUEST: _Struct("Request", [("ServiceMethod", _STRING), ("Seq", _UINT)]),
    _TIMESTAMP: _Struct("InvokeRequest_Timestamp", [("Seconds", _INT), ("Nanos", _INT)]),
    _INVOCATION: _Struct(
        "InvokeRequest",
        [
            ("Payload", _BYTES),
            ("RequestId", _STRING),
            ("Deadline", _TIMESTAMP),
            ("Namespace", _STRING),
            ("FunctionName", _STRING),
            ("FunctionVersion", _STRING),
            ("MemoryLimitInMb", _INT),
            ("TimeLimitInMs", _INT),
            ("Environment", _STRING),
            ("TencentcloudRegion", _STRING),
            ("TencentcloudAppID", _STRING),
            ("TencentcloudUin", _STRING),
        ],
    ),
}


def invoke(connection: socket.socket, invocation: Mapping[str, Any]) -> dict[str, Any]:
    """Call the function over a new connection. Returns the fields of its answer: Payload, or Error.

    Raises EOFError if the program closes the connection, and RpcError.
    """
    connection.sendall(
        b"".join(
            [
                *(_description(type_id) for type_id in _SENT_TYPES),
                _message(_REQUEST, _value(_REQUEST, {"ServiceMethod": "Function.Invoke", "Seq": 1})),
                _message(_INVOCATION, _value(_INVOCATION, invocation)),
            ]
        )
    )
    with connection.makefile("rb") as stream:
        answers = _Answers(stream)
        head = answers.read()
        if head.get("Error"):
            raise RpcError(head["Error"])
        return answers.read()


def _description(type_id: int) -> bytes:
    """The message that describes one of the types sent."""
    known = _SENT_TYPES[type_id]
    fields = [{"Name": name, "Id": field_id} for name, field_id in known.fields]
    content = {"Struct": {"Common": {"Name": known.name, "Id": type_id}, "Field": fields}}
    return _message(-type_id, _value(_DESCRIPTION, content))


def _message(type_id: int, content: bytes) -> bytes:
    body = _signed(type_id) + content
    return _unsigned(len(body)) + body


def _value(type_id: int, value: Any) -> bytes:
    match type_id:
        case 1 | 3:
            return _unsigned(int(value))
        case 2:
            return _signed(value)
        case 5 | 6:
            content = value if isinstance(value, bytes) else value.encode("utf-8", "replace")
            return _unsigned(len(content)) + content
    known = {**_GOB_TYPES, **_SENT_TYPES}[type_id]
    if isinstance(known, _List):
        return _unsigned(len(value)) + b"".join(_value(known.element, item) for item in value)
    if not isinstance(known, _Struct):
        raise AssertionError("no map is sent")
    written, last = b"", -1
    for number, (name, field_id) in enumerate(known.fields):
        if value.get(name):
            written += _unsigned(number - last) + _value(field_id, value[name])
            last = number
    return written + b"\0"


def _unsigned(number: int) -> bytes:
    if number < 128:
        return bytes([number])
    content = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return bytes([256 - len(content)]) + content


def _signed(number: int) -> bytes:
    return _unsigned(~number << 1 | 1 if number < 0 else number << 1)


class _Answers:
    """Reads messages, and the descriptions of their types between them."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._types: dict[int, _Type] = dict(_GOB_TYPES)

    def read(self) -> dict[str, Any]:
        """The next struct, with the fields that are not zero."""
        while True:
            self._read_unsigned()  # the size of the message
            type_id = self._read_signed()
            if type_id >= 0:
                value = self._read_value(type_id)
                if not isinstance(value, dict):
                    raise RpcError("the program answered with something other than a struct")
                return value
            self._types[-type_id] = _described(self._read_value(_DESCRIPTION))

    def _read_value(self, type_id: int) -> Any:  # noqa: PLR0911 - one for each type
        match type_id:
            case 1:
                return bool(self._read_unsigned())
            case 2:
                return self._read_signed()
            case 3:
                return self._read_unsigned()
            case 5:
                return self._take(self._read_unsigned())
            case 6:
                return self._take(self._read_unsigned()).decode("utf-8", "replace")
        known = self._types.get(type_id)
        match known:
            case _List():
                return [self._read_value(known.element) for _ in range(self._read_unsigned())]
            case _Map():
                pairs = range(self._read_unsigned())
                return {self._read_value(known.key): self._read_value(known.value) for _ in pairs}
            case _Struct():
                return self._read_struct(known)
            case _:
                raise RpcError(f"the program answered with the unknown type {type_id}")

    def _read_struct(self, known: _Struct) -> dict[str, Any]:
        fields, number = {}, -1
        while step := self._read_unsigned():
            number += step
            if number >= len(known.fields):
                raise RpcError(f"the program answered with an unknown field of {known.name}")
            name, type_id = known.fields[number]
            fields[name] = self._read_value(type_id)
        return fields

    def _read_unsigned(self) -> int:
        first: int = self._take(1)[0]
        return first if first < 128 else int.from_bytes(self._take(256 - first), "big")

    def _read_signed(self) -> int:
        number = self._read_unsigned()
        return ~(number >> 1) if number & 1 else number >> 1

    def _take(self, size: int) -> bytes:
        content: bytes = self._stream.read(size)
        if len(content) < size:
            raise EOFError("the program closed the connection")
        return content


def _described(content: Mapping[str, Any]) -> _Type:
    if "Struct" in content:
        fields = content["Struct"].get("Field", [])
        name = content["Struct"].get("Common", {}).get("Name", "")
        return _Struct(name, [(field["Name"], field["Id"]) for field in fields])
    if "Slice" in content:
        return _List(content["Slice"]["Elem"])
    if "Map" in content:
        return _Map(content["Map"]["Key"], content["Map"]["Elem"])
    raise RpcError("the program answered with a type other than structs, slices and maps")
