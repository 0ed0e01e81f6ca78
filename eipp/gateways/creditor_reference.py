"""Creditor reference: the structured reference by which a bank transfer is known again (ISO 11649), `RF97 P000 123`.

Kept without spaces and in capitals; read however a payer or a bank writes it.
"""

from stdnum import iso11649
from stdnum.iso7064 import mod_97_10


def creditor_reference(number: str) -> str:
    """The reference for a number of ours, at most 21 letters and digits: `P-000123` gives `RF97P000123`."""
    body = normalised(number)
    return f"RF{mod_97_10.calc_check_digits(f'{body}RF')}{body}"


def normalised(text: str) -> str:
    """As a reference is kept and compared: letters and digits alone, in capitals."""
    return "".join(character for character in text.upper() if character.isascii() and character.isalnum())


def is_structured(text: str) -> bool:
    """Whether this is a creditor reference whose check digits are right."""
    return bool(iso11649.is_valid(normalised(text)))


def printed(reference: str) -> str:
    """In groups of four, as people copy it from a paper; what is no creditor reference stays as it is."""
    plain = normalised(reference)
    return " ".join(plain[at : at + 4] for at in range(0, len(plain), 4)) if is_structured(plain) else reference
