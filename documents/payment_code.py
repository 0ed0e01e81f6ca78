"""Payment code: the square that a banking app reads, a SEPA credit transfer as EPC069-12 (version 2) asks."""

import io
import re

import qrcode
from qrcode.image.svg import SvgPathImage

from eipp.kernel.money import Money

_MOST = Money(99_999_999_999, "EUR")
_LONGEST_NAME, _LONGEST_TEXT = 70, 140
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")


def epc(*, name: str, iban: str, bic: str = "", amount: Money, text: str) -> str | None:
    """The code as SVG; None where a SEPA transfer does not fit: another currency, no amount, no IBAN."""
    number = "".join(iban.split()).upper()
    if amount.currency != "EUR" or not Money(0, "EUR") < amount <= _MOST or not _IBAN.fullmatch(number):
        return None
    lines = (
        "BCD", "002", "1", "SCT", bic, _line(name, _LONGEST_NAME), number, f"EUR{amount.text}", "", "",
        _line(text, _LONGEST_TEXT),
    )  # fmt: skip
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=0, image_factory=SvgPathImage)
    code.add_data("\n".join(lines).encode())
    picture = io.BytesIO()
    code.make_image().save(picture)
    return picture.getvalue().decode()


def _line(text: str, longest: int) -> str:
    return " ".join(text.split())[:longest]
