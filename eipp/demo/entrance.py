"""Entering the example world: one button for each side, and a call that posts an invoice as an ERP does."""

import json
from typing import Any

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST

from eipp.accounts.models import Person
from eipp.demo import cast, handout

#: Who comes in by which button.
PEOPLE = {"buyer": "anna", "supplier": "clara"}
ACCOUNT = next(account for account in cast.ACCOUNTS if account.word == "main")


@login_not_required
@require_POST
def enter(request: HttpRequest, side: str) -> HttpResponse:
    """Sign in as the example's buyer or AR clerk, without a password; where there is no example world, 404."""
    if not settings.EXAMPLE_WORLD or side not in PEOPLE:
        raise Http404
    person = get_object_or_404(Person, username_folded=PEOPLE[side], is_active=True)
    response: HttpResponse = perform_login(request, Login(user=person))  # a second factor that was set up is asked for
    return response


def call() -> str:
    """A shell command that posts an invoice with the example supplier's key; empty when the key is not at hand."""
    key = handout.key_of("nordwind")
    if not key:
        return ""
    return "\n".join([
        f"curl -sS {settings.BASE_URL}{reverse('api:invoices')} \\",
        f"  -H 'Authorization: Bearer {key}' \\",
        "  -H 'Content-Type: application/json' \\",
        f"  -d '{_invoice()}'",
    ])  # fmt: skip


def _invoice() -> str:
    """The body; number and date are filled in by the shell, so that the call can be made again."""
    line: dict[str, Any] = {"number": "1", "name": "Spring washer B8", "quantity": "500", "unit_price": "0.042",
                            "tax_rate": "19"}  # fmt: skip
    invoice = {"number": "LIVE-'$(date +%s)'", "account": ACCOUNT.number, "issue_date": "'$(date +%F)'",
               "currency": ACCOUNT.currency, "lines": [line]}  # fmt: skip
    return json.dumps(invoice)
