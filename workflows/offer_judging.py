"""Judging early-payment offers: what nobody answered expires; what was accepted is earned or missed, by the ledger."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction as database
from django.db.models import F, Q

from eipp.kernel import clock
from eipp.kernel.money import total
from workflows.offer import WAITING, Offer
from workflows.offer_terms import OfferShare
from workflows.offering import PLATFORM, refresh

LATE = timedelta(days=7)  # money that was sent in time can arrive this much later


def expire_all(*, now: datetime | None = None) -> None:
    """Close what nobody answered in time."""
    moment = now or clock.now()
    latest = clock.today("Etc/GMT-14", at=moment)
    for offer in Offer.objects.filter(state__in=WAITING, expires_on__lt=latest).select_related("supplier"):
        if offer.expires_on < offer.today(moment):
            _expire(offer, moment)


def judge_all(*, now: datetime | None = None) -> None:
    """Whether what was accepted is earned or missed, and whether money that had earned it came back."""
    moment = now or clock.now()
    accepted = OfferShare.objects.filter(offer__state="accepted", left_out=False)
    news = Q(invoice__discounted_minor__gt=F("granted_before_minor")) | Q(invoice__open_minor=0)
    over = Q(offer__until__lt=clock.today(at=moment) - LATE)
    back = OfferShare.objects.filter(
        offer__state="earned", invoice__discounted_minor__lt=F("granted_before_minor") + F("won_minor")
    )
    ids = {*accepted.filter(news | over).values_list("offer", flat=True), *back.values_list("offer", flat=True)}
    for offer_id in sorted(ids):
        _judge(offer_id, moment)


@database.atomic
def _judge(offer_id: UUID, now: datetime) -> None:
    offer = Offer.objects.select_related("supplier").get(pk=offer_id)
    refresh(offer)
    shares = offer.kept()
    for share in shares:
        share.won_minor = max(0, share.invoice.discounted_minor - share.granted_before_minor)
    won = total((share.won for share in shares), offer.currency)
    if offer.state == "earned" and won < offer.won:
        offer.reopen(PLATFORM, now=now, won=won)
    if offer.state != "accepted":
        return
    OfferShare.objects.bulk_update(shares, ["won_minor"])
    is_over = offer.until < offer.today(now) - LATE and not any(share.invoice.pending_minor for share in shares)
    if not is_over and any(share.invoice.open_minor and not share.won_minor for share in shares):
        return
    if won:
        offer.earn(PLATFORM, now=now, won=won)
    elif is_over or not any(share.invoice.open_minor for share in shares):
        offer.miss(PLATFORM, now=now)


@database.atomic
def _expire(offer: Offer, now: datetime) -> None:
    refresh(offer)
    if offer.state in WAITING and offer.expires_on < offer.today(now):
        offer.expire(PLATFORM, now=now)
