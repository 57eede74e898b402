import tomllib

from hypothesis import given
from hypothesis import strategies as st

from rps_game.toml_text import to_toml, toml_value

VALUES = st.recursive(
    st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=6,
)
KEYS = st.from_regex(r"[A-Za-z0-9_-]+", fullmatch=True)


@given(st.recursive(VALUES, lambda inner: st.dictionaries(KEYS, inner, max_size=3)))
def test_what_is_written_is_read_back(value):
    assert tomllib.loads(to_toml({"key": value})) == {"key": value}


def test_none_is_left_out():
    values = {"a": None, "table": {"b": None, "inner": {"c": 1}}, "d": 2}
    assert tomllib.loads(to_toml(values)) == {"table": {"inner": {"c": 1}}, "d": 2}


def test_lists_of_lists_have_a_line_for_each_item():
    assert (
        toml_value((("rock", 0.5), ("none", 1)))
        == """[
    ["rock", 0.5],
    ["none", 1],
]"""
    )
