"""YAML is read as written, or refused with file, line and place; all faults at once."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rtmaudit.errors import Fault, FaultsError
from rtmaudit.strict_yaml import MOST_BYTES, MOST_DEPTH, parse, read


def value(text: str) -> Any:
    return parse(text, "a.yaml").value


def faults(text: str) -> list[tuple[int, str, str]]:
    with pytest.raises(FaultsError) as caught:
        parse(text, "a.yaml")
    assert {fault.file for fault in caught.value.faults} == {"a.yaml"}
    return [(fault.line, fault.place, fault.sentence) for fault in caught.value.faults]


NOT_A_DAY = "is not a day of the calendar"
QUOTE_NUMBER = "is neither a whole number nor text; put it in quotes"
QUOTE_WORD = "write true or false, or put the word in quotes"
TWICE = "stands here twice"
ANCHORS = "anchors and aliases are not allowed; write the value out"
TAGS = "tags are not allowed; write the value out"
NOT_YAML = "is not YAML from here on; look for a quote or an indent"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("16", 16),
        ("0", 0),
        ("-3", -3),
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("2026-03-31", date(2026, 3, 31)),
        ("2024-02-29", date(2024, 2, 29)),
        ("20:00", "20:00"),
        ("1:30", "1:30"),
        ("therapist", "therapist"),
        ("0A1", "0A1"),
        ("M17.0", "M17.0"),
        ("America/New_York", "America/New_York"),
    ],
)
def test_an_unquoted_word_means_what_it_looks_like(written: str, meant: object) -> None:
    got = value(f"key: {written}\n")["key"]
    assert (got, type(got)) == (meant, type(meant))


@pytest.mark.parametrize(
    "written", ["98977", "007", "NO", "yes", "1e3", "20:00", "2026-03-31", "null", "", "0x1F"]
)
def test_what_is_quoted_is_text(written: str) -> None:
    assert value(f"- \"{written}\"\n- '{written}'\n") == [written, written]
    if written:
        assert value(f"|-\n  {written}\n") == written


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("012", QUOTE_NUMBER),
        ("007", QUOTE_NUMBER),
        ("1e3", QUOTE_NUMBER),
        ("1.5", QUOTE_NUMBER),
        ("1_000", QUOTE_NUMBER),
        ("+5", QUOTE_NUMBER),
        (".5", QUOTE_NUMBER),
        ("0x1F", QUOTE_NUMBER),
        ("0o17", QUOTE_NUMBER),
        ("1234567890123456789", QUOTE_NUMBER),
        ("NO", QUOTE_WORD),
        ("no", QUOTE_WORD),
        ("Yes", QUOTE_WORD),
        ("on", QUOTE_WORD),
        ("OFF", QUOTE_WORD),
        ("True", QUOTE_WORD),
        ("NULL", QUOTE_WORD),
        ("2026-02-30", NOT_A_DAY),
        ("2026-13-01", NOT_A_DAY),
        ("0000-01-01", NOT_A_DAY),
    ],
)
def test_what_yaml_would_turn_into_something_else_is_refused(written: str, sentence: str) -> None:
    assert faults(f"good: 1\nbad: {written}\n") == [(2, "bad", sentence)]
    assert faults(f"- 1\n- {written}\n") == [(2, "1", sentence)]


@pytest.mark.parametrize("written", ["NO", "012", "true", "null", "2026-02-30", "[a]", "{a: b}"])
def test_a_key_is_a_word_too(written: str) -> None:
    assert [line for line, _, _ in faults(f"good: 1\n? {written}\n: 1\n")] == [2]


def test_a_code_that_is_not_quoted_is_a_number_and_not_the_same_key() -> None:
    assert value('98977: a\n"98977": b\n') == {98977: "a", "98977": "b"}


@pytest.mark.parametrize(
    ("text", "line", "place"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "a"),
        ("a:\n  b: 1\n  b: 1\n", 3, "a.b"),
        ("a: 1\n'a': 1\n", 2, "a"),
        ("{a: 1, a: 2}\n", 1, "a"),
        ("2026-01-01: 1\n2026-01-01: 2\n", 2, "2026-01-01"),
        ("- x: 1\n  x: 1\n", 2, "0.x"),
    ],
)
def test_a_key_stands_once(text: str, line: int, place: str) -> None:
    assert faults(text) == [(line, place, TWICE)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a: &x 1\n", [(1, "", ANCHORS)]),
        ("a: &x 1\nb: *x\n", [(1, "", ANCHORS), (2, "", ANCHORS)]),
        ("base: &b {k: 1}\nmore:\n  <<: *b\n", [(1, "", ANCHORS), (3, "", ANCHORS)]),
        ("a: !!str 1\n", [(1, "", TAGS)]),
        ("a: !!python/object/apply:os.system ['true']\n", [(1, "", TAGS)]),
        ("a: !own {b: 1}\n", [(1, "", TAGS)]),
        ("a: ! 1\n", [(1, "", TAGS)]),
    ],
)
def test_anchors_aliases_and_tags_are_refused(text: str, found: list[object]) -> None:
    assert faults(text) == found


def test_several_documents_are_refused() -> None:
    sentence = "a second document is not allowed; make it a file of its own"
    assert faults("a: 1\n---\nb: 2\n") == [(2, "", sentence)]
    assert faults("---\na: 1\n---\nb: 2\n") == [(3, "", sentence)]


def test_one_document_may_be_marked_as_such() -> None:
    assert value("---\na: 1\n") == {"a": 1}
    assert value("# whose file this is\n---\na: 1\n") == {"a": 1}


@pytest.mark.parametrize("text", ["", "\n", "# only a comment\n"])
def test_an_empty_file_has_no_value(text: str) -> None:
    assert value(text) is None


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('a: 1\nb: "open\n', 3),
        ("a: 1\nb: [1, 2\n", 3),
        ("a: 1\n\tb: 2\n", 2),
        ("a: 1\n b: 2\n", 2),
        ("a: b: c\n", 1),
        ("a: 1\nb: *nowhere here\n", 2),
    ],
)
def test_what_is_not_yaml_is_told_once_with_its_line(text: str, line: int) -> None:
    assert (line, "", NOT_YAML) in faults(text)


@pytest.mark.parametrize("text", ["a: \x00\n", "a: \x1b[31m\n", "a: \ufffe\n", "a: \x7f\n"])
def test_control_characters_are_refused(text: str) -> None:
    assert [sentence for _, _, sentence in faults(text)] == [NOT_YAML]


def nested(levels: int) -> str:
    return "[" * levels + "]" * levels


def test_as_deep_as_allowed_and_not_deeper() -> None:
    assert value(nested(MOST_DEPTH)) is not None
    sentence = f"more than {MOST_DEPTH} levels are not allowed"
    assert faults(nested(MOST_DEPTH + 1)) == [(1, "", sentence)]


@pytest.mark.parametrize(
    "text",
    [
        "[" * 500_000,
        "{a: " * 200_000,
        "- " * 400_000,
        "\n".join(
            ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
            + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
        ),
    ],
    ids=["brackets", "braces", "dashes", "laughs"],
)
def test_a_bomb_is_refused_at_once(text: str) -> None:
    start = time.monotonic()
    assert faults(text)
    assert time.monotonic() - start < 5


def test_every_fault_of_a_file_is_told_at_once_in_order() -> None:
    text = "a: NO\nb:\n  c: 012\n  c: 1\nd: [1, 2026-02-30]\n"
    assert faults(text) == [
        (1, "a", QUOTE_WORD),
        (3, "b.c", QUOTE_NUMBER),
        (4, "b.c", TWICE),
        (5, "d.1", NOT_A_DAY),
    ]


def test_what_is_forbidden_before_the_text_breaks_off_is_told_too() -> None:
    assert faults('a: &x 1\nb: !t 2\nc: "open\n') == [
        (1, "", ANCHORS),
        (2, "", TAGS),
        (4, "", NOT_YAML),
    ]


def test_a_fault_never_shows_the_value() -> None:
    text = "a: 4_111_111\nb: 2026-02-31\nc: NULL\n"
    told = " ".join(sentence for _, _, sentence in faults(text))
    assert not any(secret in told for secret in ("4_111", "2026-02-31", "NULL"))


def test_a_place_knows_its_line_or_that_of_what_is_around_it() -> None:
    document = parse("a:\n  - b: 1\n    c: 2\nd:\n  e: 3\n", "a.yaml")
    assert document.value == {"a": [{"b": 1, "c": 2}], "d": {"e": 3}}
    lines = {
        place: document.line(place)
        for place in [("a",), ("a", 0, "c"), ("d", "e"), ("d", "missing"), ("nowhere",)]
    }
    assert list(lines.values()) == [1, 3, 5, 4, 1]


def read_faults(path: Path) -> tuple[Fault, ...]:
    with pytest.raises(FaultsError) as caught:
        read(path)
    return caught.value.faults


def test_a_file_is_read_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "rtm.yaml"
    path.write_bytes(b"\xef\xbb\xbftitle: caf\xc3\xa9\r\ndays: 16\r\n")
    document = read(path)
    assert (document.file, document.value) == ("rtm.yaml", {"title": "café", "days": 16})
    assert read(path, name="rules/rtm.yaml").file == "rules/rtm.yaml"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"title: caf\xe9\n", "is not UTF-8 text"),
        ("a: 1\n".encode("utf-16"), "is not UTF-8 text"),
        (b"#" * (MOST_BYTES + 1), "is larger than a megabyte; split it"),
        (None, "there is no such file"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_fault(
    tmp_path: Path, content: bytes | None, sentence: str
) -> None:
    path = tmp_path / "a.yaml"
    if content is not None:
        path.write_bytes(content)
    assert [str(fault) for fault in read_faults(path)] == [f"a.yaml: {sentence}"]


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    folder.mkdir()
    assert [str(fault) for fault in read_faults(folder)] == ["rules: is a folder, not a file"]
