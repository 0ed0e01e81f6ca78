"""First sign-in by oneself: facts on record locate a customer account, a mailed single-use link proves who asks.

What was typed is kept as a row and looked up by a job, so that the page does the same work and gives the same answer
whatever it is worth. The link goes to the address on record, never to the one that was typed.
"""

import re
import unicodedata
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import models, transaction
from django.template.loader import render_to_string
from django.urls import reverse

from eipp.accounts.customer_account import CustomerAccount
from eipp.accounts.customer_invitation import administrators, open_for
from eipp.accounts.plain_text import folded, plain
from eipp.kernel import clock, events, jobs
from eipp.kernel.actor import Actor
from eipp.kernel.record import Entity
from eipp.kernel.tenancy import EventScope

LASTS = timedelta(hours=1)  # the mailed link
MOST_IN_A_DAY = 3  # mails to one address on record
SHORTEST_PHONE = 6  # digits that say something
PLATFORM = Actor.system("first sign-in")


class FirstSignIn(Entity):
    """One attempt. The facts typed are emptied once it was looked up; found: to how many accounts they led."""

    email = models.CharField(max_length=254, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    asked_at = models.DateTimeField()
    looked_up_at = models.DateTimeField(null=True)
    found = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = (
            models.Index(fields=("asked_at",), condition=models.Q(looked_up_at=None), name="first_sign_in_waiting"),
        )

    def __str__(self) -> str:
        return f"first sign-in, {self.asked_at:%Y-%m-%d %H:%M}"

    def event_scope(self) -> EventScope:
        """Whether it concerns anybody is not known yet."""
        return EventScope()


@transaction.atomic
def ask(*, email: str, phone: str, postal_code: str, now: datetime | None = None) -> FirstSignIn:
    """Somebody says that these facts are on record. Event: `first_sign_in.asked`."""
    attempt = FirstSignIn.objects.create(
        email=plain(email, field="email", longest=254), phone=plain(phone, field="phone", longest=40),
        postal_code=plain(postal_code, field="postal_code", longest=20), asked_at=now or clock.now(),
    )  # fmt: skip
    events.record("first_sign_in.asked", attempt, PLATFORM)
    jobs.nudge("eipp.accounts.first_sign_in.look_up")
    return attempt


@jobs.job(every=5)
def look_up() -> None:
    """Look at what was asked and mail what there is to mail; each attempt once."""
    for attempt in FirstSignIn.objects.filter(looked_up_at=None).order_by("asked_at")[:100]:
        _look_up(attempt, clock.now())


@transaction.atomic
def _look_up(attempt: FirstSignIn, now: datetime) -> None:
    waiting = FirstSignIn.objects.filter(pk=attempt.pk, looked_up_at=None)
    accounts = located(attempt.email, attempt.phone, attempt.postal_code)
    if not waiting.update(looked_up_at=now, email="", phone="", postal_code="", found=len(accounts)) or not accounts:
        return
    known = next((account for account in accounts if account.buyer_id), None)
    if known is None:
        _open(accounts, now)
    elif leader := known.buyer and administrators(known.buyer).first():
        _refer(known, leader.person.name or leader.person.username)
    else:
        _open([account for account in accounts if account.buyer_id in (None, known.buyer_id)], now)


def located(email: str, phone: str, postal_code: str) -> list[CustomerAccount]:
    """The accounts with an open portal on whose record all three facts stand, oldest first."""
    if not email or len(_digits(phone)) < SHORTEST_PHONE or not _code(postal_code):
        return []
    rows = CustomerAccount.objects.filter(email__iexact=email, portal_enabled=True).select_related("supplier", "buyer")
    return [
        row
        for row in rows.order_by("pk")
        if folded(row.email) == folded(email)
        and _same_phone(row.phone, phone)
        and _code(row.postal_code) == _code(postal_code)
    ]  # fmt: skip


def _open(accounts: list[CustomerAccount], now: datetime) -> None:
    first = accounts[0]
    recent = first.invitations.filter(created_at__gt=now - timedelta(days=1), invited_by=None)
    if recent.count() >= MOST_IN_A_DAY:
        return
    open_for(PLATFORM, accounts, email=first.email, now=now, lasts=LASTS, letter="accounts/first_sign_in")


def _refer(account: CustomerAccount, administrator: str) -> None:
    """The customer has people here already: its own administrator invites further ones."""
    words = {"account": account, "administrator": administrator, "supplier": account.supplier,
             "recovery": settings.BASE_URL + reverse("account_reset_password")}  # fmt: skip
    body = render_to_string("accounts/first_sign_in_known.txt", words)
    EmailMessage("Your company signs in already", body, to=[account.email]).send()
    events.record("first_sign_in.referred", account, PLATFORM, internal=True)


def _same_phone(kept: str, typed: str) -> bool:
    """Whether two writings of a number mean the same: with the country's code, with a zero instead, or with neither."""
    one, other = sorted((_digits(kept), _digits(typed)), key=len)
    return len(one) >= SHORTEST_PHONE and other.endswith(one)


def _digits(phone: str) -> str:
    figures = (str(unicodedata.decimal(sign)) for sign in phone.replace("(0)", "") if sign.isdecimal())
    return "".join(figures).lstrip("0")


def _code(postal_code: str) -> str:
    return re.sub(r"[\W_]", "", folded(postal_code))
