"""Batches: columns of every kind say what the single calls say; what cannot be read is an error."""

from __future__ import annotations

import array
import ctypes
import ipaddress
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import passgate
import pyarrow as pa
import pytest

SET = """
use intlpartnersmgt
policy desk {
    allow PayOrders from 203.0.113.0/24, 2001:db8::/32
    allow QueryArea
    allow QueryUser when level < 3
}
user alice { attach desk }
user bob { attach desk }
role ops { attach desk }
group staff { attach desk }
"""
WHO = [
    "alice",
    "user:bob",
    "role:ops",
    "group:staff",
    "nobody",
    "root",
    "user:a much longer name than twelve",
]
WHAT = ["PayOrders", "intlpartnersmgt:QueryArea", "name/intlpartnersmgt:PayOrders"]
FROM = [
    "203.0.113.9",
    "192.0.2.1",
    "2001:db8::1",
    "::ffff:203.0.113.9",
    "2001:db8:1234:5678:9abc:def0:1:2",
    None,
]
ROWS = [(who, what, ip) for ip in FROM for who in WHO for what in WHAT] * 5
BAD = [
    ("alice", "Nothing", None),
    ("alice", "PayOrders", "203.0.113.009"),
    ("group:none", "QueryArea", None),
    ("alice", "QueryUser", "x"),
]


@pytest.fixture(scope="module")
def gate() -> passgate.Gate:
    return passgate.compile(SET)


def columns(rows: list[tuple[str, str, str | None]]) -> tuple[list[str], list[str], list[str | None]]:
    return [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]


def alone(gate: passgate.Gate, row: tuple[str, str, str | None]) -> bool | str:
    """The answer of the single call, or the code of its error."""
    try:
        return gate.allows(*row)
    except passgate.GateError as error:
        return error.code


def said(answers: passgate.Answers) -> list[bool | str | None]:
    """The answers of a batch, with the codes of its errors."""
    rows: list[bool | str | None] = list(answers)
    for error in answers.errors:
        assert error.row is not None and rows[error.row] is None
        rows[error.row] = error.code
    assert None not in rows
    return rows


def coded(index: Any) -> Callable[[list[Any]], Any]:
    return lambda rows: pa.array(rows).dictionary_encode().cast(pa.dictionary(index, pa.string()))


def chunked(rows: list[Any]) -> Any:
    pieces = [rows[:7], [], rows[7:100], rows[100:]]
    return pa.chunked_array([pa.array(piece, pa.string()) for piece in pieces])


def sliced(kind: Any) -> Callable[[list[Any]], Any]:
    return lambda rows: pa.array([None, "before", *rows, "after"], kind).slice(2, len(rows))


def chunked_codes(rows: list[Any]) -> Any:
    halves = [pa.array(half, pa.string()).dictionary_encode() for half in (rows[:50], rows[50:])]
    return pa.chunked_array(halves)


KINDS: dict[str, Callable[[list[Any]], Any]] = {
    "list": list,
    "tuple": tuple,
    "iterator": iter,
    "generator": lambda rows: (row for row in rows),
    "numpy objects": lambda rows: np.array(rows, dtype=object),
    "utf8": lambda rows: pa.array(rows, pa.string()),
    "large utf8": lambda rows: pa.array(rows, pa.large_string()),
    "views": lambda rows: pa.array(rows, pa.string_view()),
    "chunks": chunked,
    "part of utf8": sliced(pa.string()),
    "part of large utf8": sliced(pa.large_string()),
    "part of views": sliced(pa.string_view()),
    "chunks of codes": chunked_codes,
    "part of codes": lambda rows: pa.array(["x", *rows]).dictionary_encode().slice(1),
}
KINDS |= {f"codes of {kind}": coded(kind) for kind in (pa.int8(), pa.uint8(), pa.int16(), pa.uint16())}
KINDS |= {f"codes of {kind}": coded(kind) for kind in (pa.int32(), pa.uint32(), pa.int64(), pa.uint64())}


@pytest.mark.parametrize("kind", KINDS)
def test_columns_of_every_kind(gate: passgate.Gate, kind: str) -> None:
    make = KINDS[kind]
    who, what, where = columns(ROWS + BAD)
    answers = gate.allows_many(make(who), make(what), make(where), errors="null")
    assert said(answers) == [alone(gate, row) for row in ROWS + BAD]
    who, what, where = columns(ROWS)
    answers = gate.allows_many(make(who), what, make(where))
    assert answers.errors == [] and list(answers) == [alone(gate, row) for row in ROWS]


def test_texts_of_numpy(gate: passgate.Gate) -> None:
    rows = [row for row in ROWS if row[2] is not None]
    who, what, where = columns(rows)
    answers = gate.allows_many(np.array(who), np.array(what), np.array(where))
    assert list(answers) == [alone(gate, row) for row in rows]


def test_polars_speaks_arrow(gate: passgate.Gate) -> None:
    polars = pytest.importorskip("polars")
    who, what, where = columns(ROWS)
    answers = gate.allows_many(polars.Series(who), polars.Series(what), polars.Series(where))
    assert list(answers) == [alone(gate, row) for row in ROWS]


def test_one_value_for_every_row(gate: passgate.Gate) -> None:
    who, pay = gate.principal("alice"), gate.action("PayOrders")
    expected = [alone(gate, ("alice", "PayOrders", ip)) for ip in FROM]
    assert list(gate.allows_many("alice", "PayOrders", FROM)) == expected
    assert list(gate.allows_many(who, pay, pa.array(FROM))) == expected
    here = ipaddress.ip_address("203.0.113.9")
    assert list(gate.allows_many(["alice", "nobody", who], pay, here)) == [True, False, True]
    assert list(gate.allows_many("alice", [pay, "QueryArea"])) == [False, True]
    assert list(gate.allows_many("alice", pay, [here, None, str(here)])) == [True, False, True]
    assert list(gate.allows_many(["alice", "bob"], "PayOrders", pa.nulls(2))) == [False, False]


def test_the_first_error_is_raised_with_its_row(gate: passgate.Gate) -> None:
    where = ["203.0.113.9"] * 400 + ["here"] + ["there"]
    with pytest.raises(passgate.RequestError) as caught:
        gate.allows_many("alice", "PayOrders", where)
    assert (caught.value.code, caught.value.key, caught.value.row) == ("bad-address", "ip", 400)
    answers = gate.allows_many("alice", "PayOrders", where, errors="null")
    assert [(error.code, error.row) for error in answers.errors] == [
        ("bad-address", 400),
        ("bad-address", 401),
    ]
    assert answers[399] is True and answers[400] is None and answers[-1] is None
    assert repr(answers) == "Answers(402 rows: 400 allowed, 2 errors)"


def test_a_row_without_principal_or_action_is_an_error(gate: passgate.Gate) -> None:
    for make in (list, pa.array, lambda rows: pa.array(rows).dictionary_encode()):
        answers = gate.allows_many(make(["alice", None]), make([None, "QueryArea"]), errors="null")
        assert [(error.code, error.key) for error in answers.errors] == [
            ("bad-request", "action"),
            ("bad-request", "principal"),
        ]


def test_answers_for_numpy(gate: passgate.Gate) -> None:
    answers = gate.allows_many("alice", "PayOrders", FROM)
    expected = np.array([alone(gate, ("alice", "PayOrders", ip)) for ip in FROM])
    found = answers.to_numpy()
    assert found.dtype == np.bool_ and (found == expected).all() and found.flags.writeable
    assert (np.asarray(answers) == expected).all() and np.array(
        answers, dtype=np.uint8
    ).sum() == expected.sum()
    with pytest.raises(ValueError):
        np.array(answers, copy=False)
    some = gate.allows_many("alice", "PayOrders", [*FROM, "x"], errors="null")
    for call in (some.to_numpy, lambda: np.asarray(some)):
        with pytest.raises(passgate.RequestError) as caught:
            call()
        assert caught.value.row == len(FROM)


@pytest.mark.parametrize("rows", [0, 1, 7, 8, 9, 64, 1000])
def test_answers_for_arrow(gate: passgate.Gate, rows: int) -> None:
    where = ["x" if i % 5 == 3 else f"{203 - i % 2}.0.113.9" for i in range(rows)]
    answers = gate.allows_many("alice", "PayOrders", where, errors="null")
    column = pa.array(answers)
    column.validate(full=True)
    assert column.type == pa.bool_() and column.to_pylist() == answers.to_list()
    assert column.null_count == len(answers.errors)
    del answers
    assert len(column.to_pylist()) == rows


def test_answers_are_a_sequence(gate: passgate.Gate) -> None:
    answers = gate.allows_many("alice", "PayOrders", FROM)
    assert len(answers) == len(FROM) and answers.to_list() == list(answers) == [*answers]
    assert answers[0] is True and answers[-1] is False and True in answers
    for outside in (len(FROM), -len(FROM) - 1):
        with pytest.raises(IndexError):
            answers[outside]


@pytest.mark.parametrize(
    ("who", "what", "where", "words"),
    [
        (["alice"], ["QueryArea", "QueryArea"], None, "equally many rows"),
        ("alice", "QueryArea", None, "one at least"),
        (None, ["QueryArea"], None, ""),
        ([7], "QueryArea", None, "row 0"),
        (["alice", b"bob"], "QueryArea", None, "row 1"),
        (["\ud800"], "QueryArea", None, "surrogate"),
        (pa.array([1, 2]), "QueryArea", None, "Arrow type `l`"),
        (pa.array([b"alice"]), "QueryArea", None, "Arrow type `z`"),
        (pa.array([["alice"]]), "QueryArea", None, "has children"),
        (pa.array([7], pa.uint32()), "QueryArea", None, "numbers, not of texts"),
        (np.array([7]), "QueryArea", None, "row 0"),
    ],
)
def test_columns_that_are_refused(gate: passgate.Gate, who: Any, what: Any, where: Any, words: str) -> None:
    with pytest.raises(passgate.RequestError) as caught:
        gate.allows_many(who, what, where)
    assert caught.value.code == "bad-request" and words in str(caught.value)


def test_an_unknown_word_for_errors(gate: passgate.Gate) -> None:
    with pytest.raises(passgate.OptionError):
        gate.allows_many(["alice"], "QueryArea", errors="ignore")  # type: ignore[arg-type]


def test_numbers(gate: passgate.Gate) -> None:
    rows = [row for row in ROWS if not row[0].startswith("group:")]
    who, what, _ = columns(rows)
    principals, actions = gate.principal_ids(who), gate.action_ids(pa.array(what).dictionary_encode())
    assert isinstance(principals, array.array) and principals.typecode == "I"
    fours = [row[2] if row[2] and ":" not in row[2] else "192.0.2.1" for row in rows]
    numbers = np.array([int(ipaddress.IPv4Address(ip)) for ip in fours], np.uint32)
    expected = [alone(gate, (row[0], row[1], ip)) for row, ip in zip(rows, fours, strict=True)]
    for kind in (np.asarray, lambda column: pa.array(np.asarray(column)), list, tuple):
        given = (kind(principals), kind(actions), kind(numbers))
        assert list(gate.allows_many_ids(*given)) == expected
    strided = np.repeat(np.asarray(principals), 2)[::2]
    assert list(gate.allows_many_ids(strided, actions, numbers)) == expected
    sixes = [ipaddress.ip_address(row[2] or "::").packed.rjust(16, b"\0") for row in rows]
    expected = [
        alone(gate, (who, what, str(ipaddress.IPv6Address(ip))))
        for (who, what, _), ip in zip(rows, sixes, strict=True)
    ]
    flat = b"".join(sixes)
    table = np.frombuffer(flat, np.uint8).reshape(-1, 16)
    several: list[Any] = [flat, table, pa.array(sixes, pa.binary(16)), bytearray(flat)]
    for ips in several:
        assert list(gate.allows_many_ids(principals, actions, ips)) == expected
    expected = [alone(gate, (who, what, None)) for who, what, _ in rows]
    assert list(gate.allows_many_ids(principals, actions)) == expected
    assert list(gate.allows_many_ids(int(principals[0]), actions, None)) == [
        alone(gate, (who[0], action, None)) for action in what
    ]


def test_numbers_that_are_refused(gate: passgate.Gate) -> None:
    pay = gate.action_ids(["PayOrders"])[0]
    calls: list[Callable[[], Any]] = [
        lambda: gate.principal_ids(["alice", "group:staff"]),
        lambda: gate.principal_ids(["alice", None]),
        lambda: gate.allows_many_ids(np.array([0], np.int64), pay),
        lambda: gate.allows_many_ids(np.array([[0]], np.uint32), pay),
        lambda: gate.allows_many_ids(pa.array([0, None], pa.uint32()), pay),
        lambda: gate.allows_many_ids([0], pay, b"short"),
        lambda: gate.allows_many_ids([0], pay, pa.array([None], pa.binary(16))),
        lambda: gate.allows_many_ids([-1], pay),
        lambda: gate.allows_many_ids([0], 2**32),
        lambda: gate.allows_many_ids(["alice"], pay),  # type: ignore[list-item]
        lambda: gate.allows_many_ids([99], pay),
        lambda: gate.allows_many_ids([0], 4_000_000),
    ]
    for call in calls:
        with pytest.raises(passgate.RequestError) as caught:
            call()
        assert caught.value.code == "bad-request"
    with pytest.raises(passgate.RequestError) as caught:
        gate.action_ids(["PayOrders", "Nothing"])
    assert (caught.value.code, caught.value.row) == ("unknown-action", 1)


# What a hostile or broken producer may hand over: the structures of the Arrow C data interface by hand.


class Schema(ctypes.Structure):
    pass


class Array(ctypes.Structure):
    pass


class Stream(ctypes.Structure):
    pass


ReleaseSchema = ctypes.CFUNCTYPE(None, ctypes.POINTER(Schema))
ReleaseArray = ctypes.CFUNCTYPE(None, ctypes.POINTER(Array))
Schema._fields_ = [
    ("format", ctypes.c_char_p),
    ("name", ctypes.c_char_p),
    ("metadata", ctypes.c_char_p),
    ("flags", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("children", ctypes.c_void_p),
    ("dictionary", ctypes.POINTER(Schema)),
    ("release", ReleaseSchema),
    ("private_data", ctypes.c_void_p),
]
Array._fields_ = [
    ("length", ctypes.c_int64),
    ("null_count", ctypes.c_int64),
    ("offset", ctypes.c_int64),
    ("n_buffers", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("buffers", ctypes.POINTER(ctypes.c_void_p)),
    ("children", ctypes.c_void_p),
    ("dictionary", ctypes.POINTER(Array)),
    ("release", ReleaseArray),
    ("private_data", ctypes.c_void_p),
]

new_capsule = ctypes.pythonapi.PyCapsule_New
new_capsule.restype = ctypes.py_object
new_capsule.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]


class Handmade:
    """A column written by hand; counts how often it was released."""

    def __init__(self, form: bytes | None, contents: list[bytes | None], length: int, **other: Any) -> None:
        self.released = 0
        self.kept = [None if b is None else ctypes.create_string_buffer(b, len(b) + 1) for b in contents]
        self.pointers = (ctypes.c_void_p * max(1, len(contents)))(
            *[None if b is None else ctypes.addressof(b) for b in self.kept]
        )
        self.schema = Schema(form, b"", None, 2)
        self.schema.release = ReleaseSchema(self.release)
        self.array = Array(length, other.pop("nulls", -1), other.pop("offset", 0), len(contents))
        self.array.buffers = self.pointers
        self.array.release = ReleaseArray(self.release)
        for name, value in other.items():
            setattr(self.array if hasattr(Array, name) else self.schema, name, value)
        self.names = (b"arrow_schema", b"arrow_array")

    def release(self, structure: Any) -> None:
        self.released += 1
        kind = type(structure.contents)
        structure.contents.release = (ReleaseSchema if kind is Schema else ReleaseArray)()

    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]:
        schema, array = self.names
        return (
            new_capsule(ctypes.addressof(self.schema), schema, None),
            new_capsule(ctypes.addressof(self.array), array, None),
        )


def words(*numbers: int, width: int = 4) -> bytes:
    return b"".join(number.to_bytes(width, "little", signed=True) for number in numbers)


def view(length: int, *rest: bytes) -> bytes:
    return (words(length) + b"".join(rest)).ljust(16, b"\0")[:16]


TEXT = b"alicebob"
GOOD = (b"u", [None, words(0, 5, 8), TEXT], 2)


def test_a_column_written_by_hand_is_read_and_released(gate: passgate.Gate) -> None:
    for form, buffers, length in (
        GOOD,
        (b"U", [None, words(0, 5, 8, width=8), TEXT], 2),
        (b"vu", [None, view(5, b"alice") + view(3, b"bob"), words(width=8)], 2),
    ):
        column = Handmade(form, buffers, length)
        assert list(gate.allows_many(column, "QueryArea")) == [True, True]
        assert column.released == 2
    column = Handmade(b"u", [b"\x02", words(9, 9, 12), b"?" * 9 + b"bob"], 2)
    answers = gate.allows_many(column, "QueryArea", errors="null")
    assert list(answers) == [None, True]


LONG = b"a text of more than twelve bytes"
HOSTILE: dict[str, tuple[Any, ...]] = {
    "no format": (None, GOOD[1], 2),
    "unknown format": (b"?", GOOD[1], 2),
    "format that is no text": (b"\xff", GOOD[1], 2),
    "negative length": (b"u", GOOD[1], -1),
    "huge length": (b"u", GOOD[1], 2**62),
    "negative offset": (b"u", GOOD[1], 2, {"offset": -1}),
    "offset and length overflow": (b"u", GOOD[1], 2, {"offset": 2**63 - 2}),
    "more nulls than rows": (b"u", GOOD[1], 2, {"nulls": 3}),
    "nulls below -1": (b"u", GOOD[1], 2, {"nulls": -2}),
    "nulls without bitmap": (b"u", GOOD[1], 2, {"nulls": 1}),
    "too few buffers": (b"u", GOOD[1][:2], 2),
    "too many buffers": (b"u", [*GOOD[1], b""], 2),
    "negative number of buffers": (b"u", GOOD[1], 2, {"n_buffers": -3}),
    "no buffers": (b"u", GOOD[1], 2, {"buffers": None}),
    "null offsets": (b"u", [None, None, TEXT], 2),
    "null text": (b"u", [None, words(0, 5, 8), None], 2),
    "negative offsets": (b"u", [None, words(-5, 5, 8), TEXT], 2),
    "negative last offset": (b"u", [None, words(0, 5, -8), TEXT], 2),
    "offsets out of order": (b"u", [None, words(0, 8, 5), TEXT], 2),
    "offset in the middle beyond the last": (b"u", [None, words(0, 2**31 - 1, 8), TEXT], 2),
    "large offsets out of order": (b"U", [None, words(5, 0, 8, width=8), TEXT], 2),
    "text that is no UTF-8": (b"u", [None, words(0, 5, 8), b"alice\xffob"], 2),
    "offset within a letter": (b"u", [None, words(0, 1, 4), "éab".encode()], 2),
    "children": (b"u", GOOD[1], 2, {"n_children": 1}),
    "views without sizes": (b"vu", [None, view(3, b"bob")], 1),
    "view of a negative length": (b"vu", [None, view(-1, b"bob"), b""], 1),
    "view without buffer": (b"vu", [None, view(20, b"a te", words(0, 0)), b""], 1),
    "view outside its buffer": (b"vu", [None, view(20, b"a te", words(0, 20)), LONG, words(32, width=8)], 1),
    "view into another buffer": (b"vu", [None, view(20, b"a te", words(1, 0)), LONG, words(32, width=8)], 1),
    "view of a negative place": (b"vu", [None, view(20, b"a te", words(0, -1)), LONG, words(32, width=8)], 1),
    "buffer of a negative size": (b"vu", [None, view(20, b"a te", words(0, 0)), LONG, words(-1, width=8)], 1),
    "view that is no UTF-8": (b"vu", [None, view(3, b"\xff\xff\xff"), b""], 1),
    "nulls without end": (b"n", [], 2**58),
    "nulls with buffers": (b"n", [None], 2),
    "codes without dictionary": (b"i", [None, words(0, 1)], 2),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_column_is_an_error(gate: passgate.Gate, name: str) -> None:
    form, buffers, length, *other = HOSTILE[name]
    column = Handmade(form, buffers, length, **(other[0] if other else {}))
    with pytest.raises(passgate.RequestError) as caught:
        gate.allows_many(column, "QueryArea", errors="null")
    assert (caught.value.code, caught.value.key) == ("bad-request", "principals")
    assert column.released == 2


@pytest.mark.parametrize(
    ("codes", "dictionary"),
    [
        (words(0, 2), GOOD),
        (words(0, -1), GOOD),
        (words(0, 1), (b"u", [None, words(8, 5, 0), TEXT], 2)),
        (words(0, 1), (b"I", [None, words(1, 2)], 2)),
        (words(0, 1), (b"u", GOOD[1], -1)),
    ],
)
def test_a_hostile_dictionary_is_an_error(gate: passgate.Gate, codes: bytes, dictionary: Any) -> None:
    values = Handmade(*dictionary)
    column = Handmade(b"i", [None, codes], 2)
    column.schema.dictionary = ctypes.pointer(values.schema)
    column.array.dictionary = ctypes.pointer(values.array)
    with pytest.raises(passgate.RequestError):
        gate.allows_many(column, "QueryArea", errors="null")
    assert column.released == 2


def test_a_dictionary_in_one_half_only_is_an_error(gate: passgate.Gate) -> None:
    values = Handmade(*GOOD)
    for half in ("schema", "array"):
        column = Handmade(b"i", [None, words(0, 1)], 2)
        getattr(column, half).dictionary = ctypes.pointer(getattr(values, half))
        with pytest.raises(passgate.RequestError):
            gate.allows_many(column, "QueryArea")


def test_released_structures_and_other_capsules_are_errors(gate: passgate.Gate) -> None:
    column = Handmade(*GOOD)
    assert list(gate.allows_many(column, "QueryArea")) == [True, True]
    with pytest.raises(ValueError, match="released"):
        gate.allows_many(column, "QueryArea")
    column = Handmade(*GOOD)
    column.names = (b"arrow_array", b"arrow_schema")
    with pytest.raises(ValueError):
        gate.allows_many(column, "QueryArea")
    assert column.released == 0


@pytest.mark.parametrize("exported", [None, (), (1,), (1, 2), (None, None, None), "capsule"])
def test_an_export_that_is_none(gate: passgate.Gate, exported: Any) -> None:
    kind = type("Odd", (), {"__arrow_c_array__": lambda _: exported})
    with pytest.raises((TypeError, ValueError)):
        gate.allows_many(kind(), "QueryArea")
    kind = type("Odd", (), {"__arrow_c_stream__": lambda _: exported})
    with pytest.raises((TypeError, ValueError)):
        gate.allows_many(kind(), "QueryArea")


def test_a_stream_that_fails(gate: passgate.Gate) -> None:
    def batches() -> Iterator[Any]:
        yield pa.record_batch({"who": ["alice"]})
        raise OSError("the disk is gone")

    class Failing:
        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            reader = pa.RecordBatchReader.from_batches(pa.schema({"who": pa.string()}), batches())
            return reader.__arrow_c_stream__()

    with pytest.raises(ValueError, match="the disk is gone"):
        gate.allows_many(Failing(), "QueryArea")
