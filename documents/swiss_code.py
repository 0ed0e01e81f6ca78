"""Swiss code: the square of the QR-bill, as the Swiss Implementation Guidelines QR-bill (SIX, version 2.3) ask."""

from collections.abc import Mapping, Sequence

import qrcode
from stdnum import iban as ibans
from stdnum import iso11649
from stdnum.ch import esr

from documents.payment_code import drawn
from eipp.kernel.money import Money

_MOST = 99_999_999_999  # 999 999 999.99
_SIDE, _CROSS = 46, 7  # millimetres: the code, and the cross in its middle (section 6.4.2)
#: The cross as the guidelines print it, on a field of 19 units: white frame, black square, white cross.
_CROSS_SVG = (
    '<svg x="{at}" y="{at}" width="{side}" height="{side}" viewBox="0 0 19 19"><path fill="#fff" d="M0 0h19v19H0z"/>'
    '<path d="M1 1h17v17H1z"/><path fill="#fff" d="M8 4h3v11H8zM4 8h11v3H4z"/></svg>'
)


def is_qr_iban(iban: str) -> bool:
    """Whether an account only takes QR references: its institution's number lies between 30000 and 31999."""
    plain = _plain(iban)
    return plain[:2] in ("CH", "LI") and plain[4:9].isdecimal() and 30_000 <= int(plain[4:9]) <= 31_999


def swiss(
    *,
    name: str,
    address: Mapping[str, str],
    iban: str,
    amount: Money | None,
    reference: str,
    text: str = "",
    currency: str = "",
    payer: Sequence[str] = (),
) -> str | None:
    """The code as SVG; None where a QR-bill does not fit: no account in Switzerland or Liechtenstein, another currency
    than CHF and EUR, no whole address of the payee, or a reference that the account does not take.

    amount: None where the payer writes it in, in `currency`; payer: what `party` says of who pays, if that is known."""
    kind, payee = reference_kind(iban, reference), party(name, address)
    currency = amount.currency if amount else currency
    fits = currency in ("CHF", "EUR") and (amount is None or 0 < amount.minor <= _MOST)
    if kind is None or not payee or not fits:
        return None
    lines = (
        "SPC", "0200", "1", _plain(iban), *payee, *([""] * 7), amount.text if amount else "", currency,
        *(payer or [""] * 7), kind, _plain(reference) if kind != "NON" else "", _line(text, 140), "EPD",
    )  # fmt: skip
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, mask_pattern=4)
    code.add_data("\n".join(lines).encode(), optimize=0)
    code.make(fit=True)
    return _with_cross(drawn(code.modules), len(code.modules)) if code.version <= 25 else None


def party(name: str, address: Mapping[str, str]) -> tuple[str, ...]:
    """A side as the code has it, in seven elements (structured address); empty where its address is not whole."""
    if not name.strip() or not all(address.get(part) for part in ("postal_code", "city", "country")):
        return ()
    return ("S", _line(name, 70), _line(address.get("line1", ""), 70), "", _line(address["postal_code"], 16),
            _line(address["city"], 35), address["country"])  # fmt: skip


def reference_kind(iban: str, reference: str) -> str | None:
    """QRR, SCOR or NON, by what the account takes; None where the two do not fit."""
    plain = _plain(iban)
    if plain[:2] not in ("CH", "LI") or not ibans.is_valid(plain):
        return None
    number = _plain(reference)
    if is_qr_iban(plain):
        return "QRR" if len(number) == 27 and esr.is_valid(number) else None
    return "SCOR" if iso11649.is_valid(number) else "NON"


def _with_cross(code: str, modules: int) -> str:
    side = modules * _CROSS / _SIDE
    return code.replace("</svg>", _CROSS_SVG.format(at=f"{(modules - side) / 2:.2f}", side=f"{side:.2f}") + "</svg>")


def _plain(text: str) -> str:
    return "".join(text.split()).upper()


def _line(text: str, longest: int) -> str:
    return " ".join(text.split())[:longest]
