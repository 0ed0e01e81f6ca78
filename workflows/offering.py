"""Offering: making an early-payment offer, and answering it within one's authority and the buyer's rules."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction as database
from django.db.models import Q

from eipp.accounts.roles import require
from eipp.kernel import clock, events, numbering
from eipp.kernel.actor import Actor
from eipp.kernel.refusal import Refusal
from eipp.ledger import posting
from eipp.ledger.agreed_discount import Scale, scale_of
from eipp.ledger.models import Invoice
from workflows import authority
from workflows.authority import AuthorityRequest
from workflows.offer import RIGHT, WAITING, Offer
from workflows.offer_answer import missing, vouch
from workflows.offer_setting import covers
from workflows.offer_terms import FARTHEST, OfferShare, OfferTerms, can_be_offered, paying_day

PLATFORM = Actor.system("early-payment offers")
MOST_INVOICES = 200
ANSWER_DAYS = 7  # how long a proposal stands where nobody says


def propose(
    actor: Actor, invoices: Sequence[Invoice], scale: Scale, *, expires_on: date | None = None, comment: str = "",
    attempt: UUID | None = None, now: datetime | None = None,
) -> Offer:  # fmt: skip
    """Either side proposes to pay open, undisputed invoices of one account early, by this scale. What the supplier's
    person may not give alone waits, as a draft, for a second person; what the supplier's standing terms give is
    accepted at once. Events: `offer.drafted`, `offer.proposed` or `authority.asked`, and those of accepting.

    Refusals: 403; 422 `no_invoices`, `several_accounts`, `not_early`, `too_little`, `wrong_day`; 409
    `cannot_be_offered`, `said_already`.
    """
    require(actor, RIGHT)
    moment = now or clock.now()
    with database.atomic():
        posting.lock_accounts({row.account_id for row in invoices})  # else the second of two clicks would be refused
        if attempt and (before := Offer.objects.visible_to(actor).filter(attempt=attempt).first()):
            return before
        found = _locked(invoices)
        first = found[0]
        assert first.buyer_id  # _locked takes no invoice without a buyer
        today = clock.today(first.supplier.time_zone, at=moment)
        expires = expires_on or min(scale.until, today + timedelta(days=ANSWER_DAYS))
        check_days(scale, expires, today)
        (number,) = numbering.take(f"offer:{first.supplier_id}")
        offer = Offer.objects.create(
            state="drafted", state_since=moment, supplier_id=first.supplier_id, buyer_id=first.buyer_id,
            legal_entity_id=first.legal_entity_id, account_id=first.account_id, number=f"EO-{number:05d}",
            currency=first.currency, amount_minor=sum(row.free.minor for row in found), turn=actor.side,
            until=scale.until, expires_on=expires, proposed_side=actor.side, made_at=moment, attempt=attempt,
        )  # fmt: skip
        OfferShare.objects.bulk_create(
            [OfferShare(offer=offer, invoice=row, currency=row.currency, amount_minor=row.free.minor,
                        due_on=row.due_date, granted_before_minor=row.discounted_minor) for row in found]
        )  # fmt: skip
        offer.take_terms(OfferTerms(
            offer=offer, version=1, side=actor.side, scale_fact=scale.as_fact(), expires_on=expires,
            comment=comment.strip()[:1000], put_by=actor.id, put_at=moment,
        ))  # fmt: skip
        offer.save()
        events.record("offer.drafted", offer, actor, concerns=offer.concerns(), after="drafted", data=offer.told(),
                      internal=actor.side == "supplier", occurred_at=moment)  # fmt: skip
        if not _asks(actor, offer, offer.scale, "offer.propose", moment, reason=comment):
            offer.put_forward(actor, now=moment)
            _go_on(actor, offer, moment)
    return offer


@database.atomic
def counter(
    actor: Actor, offer: Offer, scale: Scale, *, expires_on: date | None = None, comment: str = "",
    granted: AuthorityRequest | None = None, now: datetime | None = None,
) -> AuthorityRequest | None:  # fmt: skip
    """Propose other terms for the same invoices: done (None), or waiting for a second person of the supplier's."""
    moment = now or clock.now()
    refresh(offer)
    if refusal := offer.refusal(actor, "counter"):
        raise refusal
    today = offer.today(moment)
    expires = expires_on or min(scale.until, today + timedelta(days=ANSWER_DAYS))
    check_days(scale, expires, today)
    payload = {"scale": scale.as_fact(), "expires_on": expires.isoformat(), "comment": comment.strip()[:1000]}
    asked = _asks(actor, offer, scale, "offer.counter", moment, payload=payload, reason=comment, granted=granted)
    if asked:
        return asked
    offer.counter(actor, now=moment, scale=scale, expires_on=expires, comment=payload["comment"], granted=granted)
    _go_on(actor, offer, moment)
    return None


@database.atomic
def accept(
    actor: Actor, offer: Offer, *, granted: AuthorityRequest | None = None, now: datetime | None = None
) -> AuthorityRequest | None:
    """Accept the other side's terms: done, or waiting for the buyer's approvers (None), or for a second person of the
    supplier's."""
    moment = now or clock.now()
    refresh(offer)
    if refusal := offer.refusal(actor, "accept"):
        raise refusal
    if asked := _asks(actor, offer, offer.scale, "offer.accept", moment, granted=granted):
        return asked
    offer.asked_by = actor.id if actor.side == "buyer" else offer.latest.put_by
    vouch(offer, actor, moment)
    move = offer.await_approval if missing(offer) else offer.accept
    move(actor, now=moment, granted=granted)
    return None


@database.atomic
def approve(actor: Actor, offer: Offer, *, now: datetime | None = None) -> None:
    """One of the buyer's approvers agrees: as one of several, or as the last."""
    refresh(offer)
    move = offer.approve if missing(offer) <= 1 else offer.approve_step
    move(actor, now=now)


def counter_granted(actor: Actor, request: AuthorityRequest, now: datetime) -> None:
    """The other terms that a second person lets be."""
    said = request.payload
    counter(actor, request.about, scale_of(said["scale"]), expires_on=date.fromisoformat(said["expires_on"]),
            comment=said["comment"], granted=request, now=now)  # fmt: skip


def put_forward_granted(actor: Actor, request: AuthorityRequest, now: datetime) -> None:
    """A draft that a second person lets go."""
    request.about.put_forward(actor, now=now, granted=request)


def check_days(scale: Scale, expires: date, today: date) -> None:
    """Refusal (422, `wrong_day`) for days that are over or too far."""
    if not 0 <= (scale.until - today).days <= FARTHEST:
        raise Refusal("wrong_day", f"The last day to pay is between today and {FARTHEST} days from now.", status=422,
                      field="pay_by")  # fmt: skip
    if not today <= expires <= scale.until:
        raise Refusal("wrong_day", "It can be answered until a day between today and the last day to pay.", status=422,
                      field="answer_by")  # fmt: skip


def _locked(invoices: Sequence[Invoice]) -> list[Invoice]:
    """The invoices as they are now, their account being locked."""
    if not 0 < len(invoices) <= MOST_INVOICES or len({row.pk for row in invoices}) < len(invoices):
        raise Refusal("no_invoices", f"Choose between 1 and {MOST_INVOICES} invoices, each once.", status=422,
                      field="invoices")  # fmt: skip
    if len({(row.account_id, row.legal_entity_id, row.currency) for row in invoices}) > 1:
        raise Refusal("several_accounts", "One account in one currency at a time: propose these separately.",
                      status=422, field="invoices")  # fmt: skip
    rows = Invoice.objects.select_related("account", "supplier").in_bulk([row.pk for row in invoices])
    found = [rows[row.pk] for row in invoices]
    if found[0].buyer_id is None:
        raise Refusal("no_buyer", "Nobody reads this account's invoices yet: invite the customer first.",
                      field="invoices")  # fmt: skip
    for row in found:
        if not can_be_offered(row) or row.free.minor <= 0:
            raise Refusal("cannot_be_offered", f"Invoice {row.number} has nothing that could be paid early: it is to "
                          "be open, undisputed and due on one day.", field="invoices")  # fmt: skip
    taken = OfferShare.objects.filter(
        Q(offer__state__in=WAITING) | Q(offer__state="accepted", offer__until__gte=clock.today()), invoice__in=rows,
        left_out=False,
    )  # fmt: skip
    if again := taken.select_related("invoice", "offer").first():
        raise Refusal("said_already", f"Invoice {again.invoice.number} is in an offer already: that one is answered or "
                      "withdrawn first.", field="invoices")  # fmt: skip
    return found


def _asks(
    actor: Actor, offer: Offer, scale: Scale, deed: str, now: datetime, *, payload: dict[str, Any] | None = None,
    reason: str = "", granted: AuthorityRequest | None = None,
) -> AuthorityRequest | None:  # fmt: skip
    """The request of the supplier's person whose limit the discount exceeds; None where it may be given."""
    most = paying_day(offer.kept(), scale, offer.today(now)).discount
    if actor.side != "supplier" or not most:
        return None
    return authority.require(
        actor, "discount", most, about=offer, deed=deed, payload=payload, reason=reason, granted=granted, now=now
    )


def _go_on(actor: Actor, offer: Offer, now: datetime) -> None:
    """Who puts terms forward for the buyer agrees to them; where the supplier's standing terms give as much, they are
    accepted at once."""
    vouch(offer, actor, now)
    if offer.turn == "buyer" and covers(offer, today=offer.today(now)):
        offer.by_itself = True
        offer.save(update_fields=["by_itself"])
        accept(PLATFORM, offer, now=now)


def refresh(offer: Offer) -> None:
    """Lock the account and the offer, and read it anew."""
    posting.lock_accounts(offer.account_ids())
    offer.refresh_from_db(from_queryset=Offer.objects.select_for_update(of=("self",)))
