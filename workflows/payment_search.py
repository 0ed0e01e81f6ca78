"""Payment search: the payments that a text and a span of days find, the same on the pages and for programs."""

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q

from documents import figures
from eipp.gateways.creditor_reference import normalised
from eipp.kernel.actor import Actor
from eipp.kernel.money import CURRENCIES, decimals
from eipp.ledger.document import fold
from workflows.payment import PaymentShare


def search(rows: Any, actor: Actor, *, text: str = "", begins: date | None = None, ends: date | None = None) -> Any:
    """Of these payments, those entered between two days (both count) that the text is a part of the number, the
    reference or an invoice's number of, or the amount of. Only invoices that the actor sees are looked at."""
    if begins:
        rows = rows.filter(submitted_at__date__gte=begins)
    if ends:
        rows = rows.filter(submitted_at__date__lte=ends)
    if text:
        paid = PaymentShare.objects.visible_to(actor)
        paid = paid.filter(payment=OuterRef("pk"), invoice__number_folded__contains=fold(text))
        known = Q(Q(number__icontains=text) | _of_amount(text) | Exists(paid))
        if reference := normalised(text):
            known |= Q(reference__contains=reference) | Q(gateway_reference=text)
        rows = rows.filter(known)
    return rows


def _of_amount(text: str) -> Q:
    """Payments over what the text says, in whatever currency it is an amount of."""
    number = figures.amount(text)
    if number is None or abs(number) >= 10**12:
        return Q(pk__in=())
    found = Q(pk__in=())
    for places in {decimals(currency) for currency in CURRENCIES}:
        scaled = number.scaleb(places)
        if scaled == int(scaled):
            of_places = [currency for currency in CURRENCIES if decimals(currency) == places]
            found |= Q(amount_minor=int(scaled), currency__in=of_places)
    return found
