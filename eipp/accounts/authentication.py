"""Authentication: user name or e-mail address in any case; unknown, wrong and switched off take the same work."""

from typing import Any
from uuid import UUID

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from eipp.accounts.password import LONGEST
from eipp.accounts.person import Person


class PersonBackend(BaseBackend):
    """Hashes exactly one password at every attempt, whatever is wrong with it."""

    def authenticate(
        self, request: HttpRequest | None, username: str = "", email: str = "", password: str = "", **_: Any
    ) -> Person | None:
        person = Person.objects.find(username or email)
        password = password[: LONGEST + 1]
        if person is None or not person.has_usable_password():
            make_password(password)
            return None
        return person if person.check_password(password) and person.is_active else None

    def get_user(self, user_id: UUID) -> Person | None:
        return Person.objects.filter(pk=user_id, is_active=True).first()
