"""UPNs, by the DfE's own rule and test numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.exports.upn import LETTERS, check_letter, fault, is_temporary

CASES = {
    "H801200001001": None,
    "h801200001001": None,
    "B801200001001": "wrong check letter",
    "H80120000100": "not a letter, eleven digits",
    "8.0120000100E+12": "a spreadsheet has turned the UPN into a rounded number",
    "8012000010010": "not a letter, eleven digits",
    "I801200001001": "not a letter, eleven digits",
    "": "not a letter, eleven digits",
}


@pytest.mark.parametrize("upn", CASES)
def test_a_upn_is_told_from_what_is_none(upn: str) -> None:
    expected, found = CASES[upn], fault(upn)
    assert found is None if expected is None else expected in str(found)
    assert upn == "" or upn not in str(found)


@given(
    st.from_regex(rf"[0-9]{{11}}[0-9{LETTERS}]", fullmatch=True),
    st.integers(0, 11),
    st.sampled_from("0123456789"),
)
def test_one_digit_mistyped_is_noticed(body: str, place: int, digit: str) -> None:
    upn = check_letter("A" + body) + body
    assert fault(upn) is None
    mistyped = upn[: place + 1] + digit + upn[place + 2 :]
    assert mistyped[-1].isalpha() or (fault(mistyped) is None) == (mistyped == upn)


def test_a_temporary_upn_ends_in_a_letter() -> None:
    assert is_temporary("H80120000100A")
    assert not is_temporary("H801200001001")
