"""Passwords: what may become one, and what happens when one changes."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from eipp.accounts.person import Person
from eipp.kernel.refusal import Refusal

LONGEST = 200  # hashing is costly by intent: nobody may make us hash megabytes


def check_new_password(password: str, *, username: str, name: str, email: str) -> None:
    """Refusal (422) with every reason why the password is too weak for this person."""
    if len(password) > LONGEST:
        raise Refusal("password_long", f"A password has at most {LONGEST} characters.", status=422, field="password")
    try:
        validate_password(password, Person(username=username, name=name, email=email))
    except ValidationError as error:
        faults = [{"field": "password", "code": fault.code or "password_weak", "message": message}
                  for fault, message in zip(error.error_list, error.messages, strict=True)]  # fmt: skip
        raise Refusal("password_weak", " ".join(error.messages), status=422, errors=faults) from None
