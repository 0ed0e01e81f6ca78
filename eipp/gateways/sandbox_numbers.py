"""Card and account numbers as they are typed on the sandbox provider's page; only the last four digits are kept."""

from eipp.kernel.refusal import Refusal


def card_digits(card: str) -> str:
    digits = "".join(character for character in card if character.isdecimal())
    if not 12 <= len(digits) <= 19:
        raise Refusal("card_number", "Type one of the card numbers shown.", status=422, field="card")
    return digits


def account_digits(account: str) -> str:
    digits = "".join(character for character in account if character.isdecimal())
    if not 4 <= len(digits) <= 17:
        raise Refusal("account_number", "Type one of the account numbers shown.", status=422, field="account")
    return digits
