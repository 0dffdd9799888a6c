"""The YAML loader: text stays text, and no file, however strange, gets past it or makes it fail."""

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from gateway.config import yaml
from gateway.config.problems import Place, Problems

unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def read(text):
    problems = Problems("f.yaml")
    document = yaml.load(
        text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"), "f.yaml", problems
    )
    return document, [str(problem) for problem in problems.sorted()]


def test_scalars_are_the_text_that_was_written():
    document, problems = read(
        "code: 0010101101\ncountry: NO\ntime: 12:30\nflag: yes\nnothing: null\nday: 2026-06-30\nhex: 0x1F\n"
        "float: 1e3\nempty: ''\nlist: [007, ~]\nfolded: >-\n  a\n  b\n"
    )
    assert problems == []
    assert document.data == {
        "code": "0010101101",
        "country": "NO",
        "time": "12:30",
        "flag": "yes",
        "nothing": "null",
        "day": "2026-06-30",
        "hex": "0x1F",
        "float": "1e3",
        "empty": "",
        "list": ("007", "~"),
        "folded": "a b",
    }


def test_every_value_has_its_place():
    document, _ = read("a:\n  - x\n  -\n    b: y\n    c: z\n")
    assert document.place(("a",)) == Place("f.yaml", 1, 1)
    assert document.place(("a", 0)) == Place("f.yaml", 2, 5)
    assert document.place(("a", 1, "c")) == Place("f.yaml", 5, 5)
    assert document.place(("a", 1, "c", "no", 7)) == Place("f.yaml", 5, 5)
    assert document.place(("q",)) == Place("f.yaml", 1, 1)


def test_anchors_are_expanded_and_point_to_where_they_are_used():
    document, problems = read("a: &x {k: v}\nb: *x\nc: [*x]\n")
    assert problems == []
    assert document.data == {"a": {"k": "v"}, "b": {"k": "v"}, "c": ({"k": "v"},)}
    assert document.place(("b",)).line == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nb: 2\na: 3\n", "f.yaml:3: a: given twice; the first is on line 1"),
        ("a:\n  b: 1\n  'b': 2\n", "f.yaml:3: a.b: given twice; the first is on line 2"),
        (
            "a: !!python/object:os.system x\n",
            "f.yaml:1: tags (!…) are not accepted; put text that starts with ! in quotes",
        ),
        ("a: !hunter2\n", "f.yaml:1: tags (!…) are not accepted; put text that starts with ! in quotes"),
        ("a: *hunter2\n", "f.yaml:1: names no anchor above; put text that starts with * in quotes"),
        (
            "a: &x 1\nb: &x 2\n",
            "f.yaml:2: an anchor of this name exists already; put text that starts with & in quotes",
        ),
        ("a: &x {k: v}\nb:\n  <<: *x\n", "f.yaml:3: b: merge keys (<<) are not accepted; repeat the values"),
        ("a:\n", "f.yaml:1: a: is empty; give it a value or leave the key out"),
        ("? [a, b]\n: c\n", "f.yaml:1: a key is text, not a list or a mapping"),
        ("'': c\n", "f.yaml:1: a key is text, not ''"),
        (
            "a: 1\n---\nb: 2\n",
            "f.yaml:2: not YAML: expected a single document in the stream, but found another document",
        ),
        (
            "a: [1\nb: 2\n",
            "f.yaml:2: not YAML: while parsing a flow sequence, expected ',' or ']', but got ':'",
        ),
        (
            "\ta: 1\n",
            "f.yaml:1: not YAML: while scanning for the next token, found character '\\t' .*",
        ),
        ("# only a comment\n", "f.yaml:1: the file is empty"),
        ("a: 1\nb: \x07\n", "f.yaml:2: character U+0007 is not allowed in YAML"),
        (b"a: 1\nb: \xff\n", "f.yaml:2: not UTF-8 text"),
        ('a: 1\nb: "\\UFFFFFFFF"\n', "f.yaml:2: not YAML: an escape or a directive is out of range"),
        ("%TAG hunter2\n---\na: 1\n", "f.yaml:1: not YAML: while scanning a directive, expected .*"),
        ("a: !hunter2!x y\n", "f.yaml:1: not YAML: malformed tag or directive"),
        ("[" * 50 + "]" * 50, "f.yaml:1: nested deeper than 24 levels"),
        ("a: &a [*a]\n", "f.yaml:1: more than 24 levels once its anchors are expanded"),
        (
            b"a: " + b"x" * yaml.MAX_BYTES,
            "f.yaml:1: larger than 1048576 bytes; keep long tables in CSV files",
        ),
    ],
)
def test_what_is_refused_and_where(text, expected):
    _, problems = read(text)
    assert len(problems) == 1
    assert problems[0] == expected or (".*" in expected and problems[0].startswith(expected.split(".*")[0]))


def test_a_billion_laughs_are_not_laughed():
    laughs = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{name}: &{name} [{', '.join(['*' + before] * 9)}]\n"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    _, problems = read(laughs)
    assert len(problems) == 1
    assert problems[0].endswith(f"more than {yaml.MAX_VALUES} values once its anchors are expanded")


def test_a_byte_order_mark_is_tolerated():
    assert read(b"\xef\xbb\xbfa: b\n")[0].data == {"a": "b"}


@unhurried
@given(st.binary(max_size=200))
@example(b"%YAML 99999999999999999999999999999999.1\n---\na")
@example(b'"\\x')
@example(b"? ? ? ?")
def test_any_bytes_end_in_data_or_problems(content):
    document, problems = read(content)
    assert isinstance(document.data, dict | tuple | str)
    assert document.data or problems or document.data == ""


_PIECES = (
    "a",
    "b: ",
    "- ",
    "{",
    "}",
    "[",
    "]",
    ",",
    "\n",
    "  ",
    "&x ",
    "*x",
    "!t ",
    "<<: ",
    "'",
    '"',
    "\\U",
    ">",
)
_ODD_PIECES = ("? ", "#", "%TAG ", "---\n", "...\n", "0010", "~", "\x85", "\u2028", "é", "\t", "|-\n")


@unhurried
@given(st.lists(st.sampled_from(_PIECES + _ODD_PIECES), max_size=60).map("".join))
def test_any_mixture_of_yaml_ends_in_data_or_problems(text):
    document, problems = read(text)
    assert isinstance(document.data, dict | tuple | str)
    for problem in problems:
        assert problem.startswith("f.yaml:")
        assert "\n" not in problem
