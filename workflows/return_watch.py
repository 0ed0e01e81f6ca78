"""Returns: payments that failed or went back, dealt with by AR; and the rates of returned debits that a payee must keep
under (NACHA Operating Rules 2.17.2), over the last 60 days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from django.db import models
from django.db import transaction as database
from django.db.models import Exists, F, OuterRef, Q

from eipp.accounts.models import LegalEntity, Organisation
from eipp.accounts.roles import require
from eipp.gateways import failures
from eipp.kernel import clock, events
from eipp.kernel.actor import Actor
from eipp.kernel.record import Entity
from eipp.kernel.refusal import Refusal
from eipp.kernel.tenancy import Scope
from workflows.payment import Payment, PaymentShare

NOT_PAID = ("failed", "returned", "charged_back")
RIGHT = "dispute.work"
PERIOD = timedelta(days=60)
#: What is watched, and the limit in percent of the debits that were made.
LIMITS = {"unauthorised": Fraction(1, 2), "administrative": Fraction(3), "overall": Fraction(15)}
_MADE = ("pending", "settled", "returned", "charged_back")


class ReturnDone(Entity):
    """AR has dealt with a payment that went back, and says how."""

    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    payment = models.OneToOneField(Payment, models.PROTECT, related_name="return_done")
    note = models.CharField(max_length=1000)
    done_by = models.UUIDField(null=True)
    done_at = models.DateTimeField()
    scope = Scope(supplier="supplier_id")

    def __str__(self) -> str:
        return f"{self.payment_id} {self.done_at:%Y-%m-%d}"


class ReturnAlarm(Entity):
    """A rate that passed its limit, until it is under it again: told once each time."""

    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    legal_entity = models.ForeignKey(LegalEntity, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    passed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    scope = Scope(supplier="supplier_id")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["legal_entity", "kind"], name="one_return_alarm_at_a_time", condition=Q(ended_at=None)
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.passed_at:%Y-%m-%d}"


@dataclass(frozen=True, slots=True)
class Rate:
    """kind: a key of LIMITS; returned of made debits; percent and limit: in percent."""

    kind: str
    returned: int
    made: int

    @property
    def percent(self) -> Decimal:
        share = Fraction(self.returned * 100, self.made) if self.made else Fraction(0)
        return (Decimal(share.numerator) / share.denominator).quantize(Decimal("0.01"), ROUND_HALF_UP)

    @property
    def limit(self) -> Decimal:
        return Decimal(LIMITS[self.kind].numerator) / LIMITS[self.kind].denominator

    @property
    def is_passed(self) -> bool:
        return self.returned * 100 > LIMITS[self.kind] * self.made


def to_deal_with(rows: Any) -> Any:
    """Of these payments, those that went back or failed and about which something is to be done: nobody has said that
    it is, and what they were meant for is not paid otherwise, or their charge-back is not decided."""
    unpaid = PaymentShare.objects.filter(payment=OuterRef("pk"), invoice__open_minor__gt=F("invoice__held_minor"))
    undecided = Q(chargebacks__isnull=False, chargebacks__closed_at=None)
    return rows.filter(Exists(unpaid) | undecided, state__in=NOT_PAID, return_done=None).distinct()


def rates(legal_entity: LegalEntity, *, now: datetime) -> list[Rate]:
    """How many of the debits of the last 60 days came back, by kind: two queries."""
    debits = Payment.objects.filter(legal_entity=legal_entity, method="bank_debit", submitted_at__gte=now - PERIOD)
    debits = debits.filter(state__in=_MADE)
    codes = list(debits.filter(state="returned").values_list("failure", flat=True))
    counted = {
        "unauthorised": sum(failures.failure(code).is_unauthorised for code in codes),
        "administrative": sum(failures.failure(code).is_administrative for code in codes),
        "overall": len(codes),
    }
    made = debits.count()
    return [Rate(kind, counted[kind], made) for kind in LIMITS]


def watch(*, now: datetime | None = None) -> None:
    """Look at every payee that debits accounts; a rate that has passed its limit is told once, until it is under it
    again. Event: `return_rate.passed`."""
    moment = now or clock.now()
    debited = Payment.objects.filter(method="bank_debit", submitted_at__gte=moment - PERIOD).order_by()
    ids = set(debited.values_list("legal_entity", flat=True))
    ids |= set(ReturnAlarm.objects.filter(ended_at=None).values_list("legal_entity", flat=True))
    for legal_entity in LegalEntity.objects.filter(pk__in=ids).order_by("pk"):
        with database.atomic():
            LegalEntity.objects.select_for_update(no_key=True).get(pk=legal_entity.pk)
            _judge(legal_entity, rates(legal_entity, now=moment), moment)


def _judge(legal_entity: LegalEntity, found: Sequence[Rate], now: datetime) -> None:
    standing = ReturnAlarm.objects.filter(legal_entity=legal_entity, ended_at=None)
    known = set(standing.values_list("kind", flat=True))
    standing.filter(kind__in=[rate.kind for rate in found if not rate.is_passed]).update(ended_at=now)
    for rate in found:
        if rate.is_passed and rate.kind not in known:
            ReturnAlarm.objects.create(
                supplier_id=legal_entity.organisation_id, legal_entity=legal_entity, kind=rate.kind, passed_at=now
            )
            data = {"number": legal_entity.name, "kind": rate.kind, "rate": str(rate.percent),
                    "limit": f"{rate.limit:f}", "returned": rate.returned, "made": rate.made}  # fmt: skip
            events.record("return_rate.passed", legal_entity, Actor.system("return watch"), data=data, internal=True,
                          occurred_at=now)  # fmt: skip


@database.atomic
def done(actor: Actor, payment: Payment, *, note: str, now: datetime | None = None) -> ReturnDone:
    """AR has dealt with it; it leaves the worklist. Saying it again changes the note. Event: `payment.dealt_with`.

    Refusals: 403; 409 `not_returned`; 422 `note_missing`.
    """
    require(actor, RIGHT)
    if not note.strip():
        raise Refusal("note_missing", "Say in a few words what was done.", status=422, field="note")
    row = Payment.objects.visible_to(actor).get(pk=payment.pk)
    if row.state not in NOT_PAID:
        raise Refusal("not_returned", f"Payment {row.number} is {row.state.replace('_', ' ')}: nothing is to be done.")
    facts = {"supplier_id": row.supplier_id, "note": note.strip()[:1000], "done_by": actor.id,
             "done_at": now or clock.now()}  # fmt: skip
    kept, _ = ReturnDone.objects.update_or_create(payment=row, defaults=facts)
    events.record("payment.dealt_with", row, actor, data=row.told() | {"reason": kept.note}, internal=True)
    return kept
