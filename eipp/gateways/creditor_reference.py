"""Creditor reference: the structured reference by which a bank transfer is known again.

`RF97 P000 123` (ISO 11649), or 27 digits into a Swiss QR account (QRR). Kept without spaces and in capitals; read
however a payer or a bank writes it.
"""

from stdnum import iso11649
from stdnum.ch import esr
from stdnum.iso7064 import mod_97_10

from documents.swiss_code import is_qr_iban

_QRR = 27


def creditor_reference(number: str, *, iban: str = "") -> str:
    """The reference for a number of ours: `P-000123` gives `RF97P000123`, at most 21 letters and digits.

    iban: the account that is paid into; one that takes QR references alone gets 26 digits and the check digit.
    """
    body = normalised(number)
    if is_qr_iban(iban):
        digits = "".join(character for character in body if character.isdecimal())[-26:].rjust(26, "0")
        return f"{digits}{esr.calc_check_digit(digits)}"
    return f"RF{mod_97_10.calc_check_digits(f'{body}RF')}{body}"


def normalised(text: str) -> str:
    """As a reference is kept and compared: letters and digits alone, in capitals."""
    return "".join(character for character in text.upper() if character.isascii() and character.isalnum())


def is_structured(text: str) -> bool:
    """Whether this is a creditor reference, or a QR reference, whose check digits are right."""
    plain = normalised(text)
    return bool(iso11649.is_valid(plain)) or _is_qrr(plain)


def printed(reference: str) -> str:
    """In groups, as people copy it from a paper (a QR reference in two and fives); what is none stays as it is."""
    plain = normalised(reference)
    if _is_qrr(plain):
        return " ".join((plain[:2], *(plain[at : at + 5] for at in range(2, _QRR, 5))))
    return " ".join(plain[at : at + 4] for at in range(0, len(plain), 4)) if is_structured(plain) else reference


def _is_qrr(plain: str) -> bool:
    return len(plain) == _QRR and plain.isdecimal() and bool(esr.is_valid(plain))
