"""Public sample statements: every fact that is expected of them is read."""

import json
from pathlib import Path
from typing import Any

import pytest

from documents.bank.reading import UnreadableStatement, read
from documents.management.commands.bank_statement import describe

FOLDER = Path(__file__).parents[2] / "data" / "bank"
EXPECTED: dict[str, dict[str, Any]] = json.loads((FOLDER / "expected.json").read_text())
SWISS = "iso20022/camt.053_P_CH2909000000250094239_1110092698_0_2020112503071366.xml"
BROKEN = "iso20022/camt053.v2.wrong.xml"


@pytest.mark.parametrize("name", EXPECTED)
def test_a_sample_says_what_is_expected(name: str) -> None:
    record, readable = describe(str(FOLDER / name))
    assert list(_differences(EXPECTED[name], record)) == []
    assert readable is (name != BROKEN)


def test_a_message_without_a_statement_is_refused_with_a_sentence() -> None:
    with pytest.raises(UnreadableStatement) as refused:
        read((FOLDER / BROKEN).read_bytes())
    assert (refused.value.code, refused.value.message) == ("no_statement", "camt.053.001.02")
    assert "ask the bank for it again. (line 2)" in refused.value.sentence


def test_what_does_not_add_up_is_told_to_the_cent() -> None:
    (statement,) = read((FOLDER / SWISS).read_bytes())
    assert f"{statement.missing:f}" == "-1537.00"


def test_control_totals_of_bai2_are_held_against_the_records() -> None:
    content = (FOLDER / "bai2/moov-sample1.txt").read_bytes()
    assert [each.warnings for each in read(content)] == [(), ()]
    first, second = read(
        content.replace(b"16,409,000000000002500,V,060316,,,,RETURNED", b"16,409,000000000002400,V,060316,,,,RETURNED")
    )
    assert first.warnings == (
        "The bank's control total of account 10200123456 is 834000, but its records add up to 833900.",
    )
    assert second.warnings == ()


def _differences(expected: Any, found: Any, path: str = "") -> Any:
    if isinstance(expected, dict):
        for key, value in expected.items():
            if not isinstance(found, dict) or key not in found:
                yield f"{path}/{key} is missing"
            else:
                yield from _differences(value, found[key], f"{path}/{key}")
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for index, (one, other) in enumerate(zip(expected, found, strict=True)):
            yield from _differences(one, other, f"{path}[{index}]")
    elif expected != found:
        yield f"{path}: {expected!r} is not {found!r}"
