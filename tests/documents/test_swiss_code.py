"""The code of the Swiss QR-bill holds what the guidelines ask, and is not there where a QR-bill does not fit."""

import re
from collections.abc import Sequence
from typing import Any

import pytest
import qrcode

from documents import swiss_code
from documents.swiss_code import is_qr_iban, swiss
from eipp.gateways.creditor_reference import creditor_reference, is_structured, printed
from eipp.kernel.money import Money

QR_IBAN, IBAN = "CH44 3199 9123 0008 8901 2", "CH93 0076 2011 6238 5295 7"
ADDRESS = {"line1": "Rue du Lac 1268", "postal_code": "2501", "city": "Biel", "country": "CH"}
FRANCS = Money.parse("1949.75", "CHF")


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What went into the code."""
    found: list[str] = []
    whole = qrcode.QRCode.add_data

    def noted(code: Any, data: bytes, optimize: int = 20) -> None:
        found.append(data.decode())
        whole(code, data, optimize)

    monkeypatch.setattr(swiss_code.qrcode.QRCode, "add_data", noted)
    return found


def made(iban: str, reference: str, *, amount: Money = FRANCS, address: dict[str, str] = ADDRESS) -> str | None:
    return swiss(name="Robert Schneider AG", address=address, iban=iban, amount=amount, reference=reference)


def test_it_holds_the_guidelines_lines_in_their_order(written: list[str]) -> None:
    code = made(QR_IBAN, "21 00000 00003 13947 14300 09017")
    assert code
    assert code.count("<svg") == 2  # the cross stands in the middle
    lines: Sequence[str] = written[0].split("\n")
    assert lines[:4] == ["SPC", "0200", "1", "CH4431999123000889012"]
    assert lines[4:11] == ["S", "Robert Schneider AG", "Rue du Lac 1268", "", "2501", "Biel", "CH"]
    assert lines[11:18] == lines[20:27] == [""] * 7
    assert lines[18:20] == ["1949.75", "CHF"]
    assert lines[27:] == ["QRR", "210000000003139471430009017", "", "EPD"]


@pytest.mark.parametrize(
    ("iban", "reference", "kind"),
    [(IBAN, "RF89P000123", "SCOR"), (IBAN, "4711", "NON"), (QR_IBAN, "RF89P000123", None), (QR_IBAN, "4711", None),
     ("DE02200505501015871393", "RF89P000123", None), ("CH93 0076 2011 6238 5295 8", "4711", None)],
    ids=["creditor reference", "none", "QR account, creditor reference", "QR account, none", "German", "wrong IBAN"],
)  # fmt: skip
def test_the_account_decides_which_reference_it_takes(
    written: list[str], iban: str, reference: str, kind: str | None
) -> None:
    code = made(iban, reference)
    assert (code is not None, written[0].split("\n")[27] if written else None) == (kind is not None, kind)


def test_another_currency_no_amount_or_half_an_address_has_no_code() -> None:
    assert made(IBAN, "4711", amount=Money(100, "USD")) is None
    assert made(IBAN, "4711", amount=Money(0, "CHF")) is None
    assert made(IBAN, "4711", address={"country": "CH"}) is None


def test_a_qr_account_gets_references_of_27_digits_with_their_check_digit() -> None:
    assert (is_qr_iban(QR_IBAN), is_qr_iban(IBAN), is_qr_iban("DE0230000")) == (True, False, False)
    reference = creditor_reference("P-000123", iban=QR_IBAN)
    assert (reference, printed(reference)) == ("000000000000000000000001236", "00 00000 00000 00000 00000 01236")
    assert is_structured(reference)
    assert not is_structured(reference[:-1] + "7")
    assert re.fullmatch(r"RF\d\dP000123", creditor_reference("P-000123", iban=IBAN))
