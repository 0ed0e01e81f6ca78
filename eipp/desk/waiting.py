"""What waits for the supplier: which rows, by kind. Lists, counters and the rail all begin here."""

from typing import Any

from django.db.models import Exists, F, Func, IntegerField, OuterRef, Q, QuerySet, Subquery

from eipp.accounts.models import MailAddress
from eipp.kernel.actor import Actor
from eipp.ledger.models import CashReceipt
from messaging.thread import Message, Thread
from workflows.authority import AuthorityRequest
from workflows.bank_statement import WAITING, BankEntry, BankStatement, LeftOnAccount
from workflows.dispute import WITH_SUPPLIER, Dispute
from workflows.payment import Payment, PaymentShare
from workflows.presentment import Presentment

NOT_PAID = ("failed", "returned", "charged_back")
TALKED_ABOUT = ("invoice", "dispute")
#: Begins the sender's id of the note that says "no answer is needed": it settles the question before it.
SETTLES = "no-answer:"


def disputes(actor: Actor) -> QuerySet[Dispute]:
    """New, in review or escalated: the supplier is to act."""
    return Dispute.objects.visible_to(actor).filter(state__in=WITH_SUPPLIER)


def my_disputes(actor: Actor) -> QuerySet[Dispute]:
    return disputes(actor).filter(owner_id=actor.person_id)


def documents(actor: Actor) -> QuerySet[Presentment]:
    """Held back with their reasons."""
    return Presentment.objects.visible_to(actor).filter(state="quarantined")


def payments(actor: Actor) -> QuerySet[Payment]:
    """Failed, or sent back by the bank, as long as something is to be paid that they were meant for."""
    unpaid = PaymentShare.objects.visible_to(actor).filter(
        payment=OuterRef("pk"), invoice__open_minor__gt=F("invoice__held_minor")
    )
    return Payment.objects.visible_to(actor).filter(Exists(unpaid), state__in=NOT_PAID, return_done=None)


def authority(actor: Actor) -> QuerySet[AuthorityRequest]:
    """What a colleague wants done above their limit, for those who may decide about it, never for the asker."""
    rows: QuerySet[AuthorityRequest] = AuthorityRequest.objects.visible_to(actor).filter(state="waiting")
    return rows.exclude(asked_by=actor.person_id) if actor.may("authority.decide") else rows.none()


def entries(actor: Actor) -> QuerySet[BankEntry]:
    """Movements on the bank account of which nobody knows for certain whose they are."""
    rows: QuerySet[BankEntry] = BankEntry.objects.visible_to(actor).filter(outcome__in=WAITING)
    return rows


def receipts(actor: Actor) -> QuerySet[CashReceipt]:
    """Money of customers that nobody has applied, or left on the account on purpose."""
    left = LeftOnAccount.objects.visible_to(actor).filter(receipt=OuterRef("pk"))
    return CashReceipt.objects.visible_to(actor).filter(~Exists(left), unapplied_minor__gt=0, reversed_at=None)


def left_on_account(actor: Actor) -> QuerySet[CashReceipt]:
    rows = CashReceipt.objects.visible_to(actor).filter(unapplied_minor__gt=0, reversed_at=None)
    return rows.filter(pk__in=LeftOnAccount.objects.visible_to(actor).values("receipt"))


def bank_statements(actor: Actor) -> QuerySet[BankStatement]:
    """Held back with their reasons."""
    rows: QuerySet[BankStatement] = BankStatement.objects.visible_to(actor).held()
    return rows


def addresses(actor: Actor) -> QuerySet[MailAddress]:
    """Mail addresses on record whose mails come back."""
    rows: QuerySet[MailAddress] = MailAddress.objects.visible_to(actor).on_record().filter(bounced_at__isnull=False)
    return rows


def questions(actor: Actor) -> QuerySet[Message]:
    """The last word of a thread, where it is the buyer's and nobody has said that it needs no answer.

    Threads of disputes that wait anyway are left out: there is one row for one matter.
    """
    said = Message.objects.visible_to(actor).filter(event_id=None)
    later = said.filter(thread=OuterRef("thread"), sequence__gt=OuterRef("sequence"))
    later = later.filter(Q(side="buyer") | Q(internal=False) | Q(client_id__startswith=SETTLES))
    open_words = said.filter(~Exists(later), side="buyer", internal=False, thread__kind__in=TALKED_ABOUT)
    return open_words.exclude(thread__kind="dispute", thread__object_id__in=disputes(actor).values("pk"))


def question_about(actor: Actor, kind: str, pk: Any) -> Message | None:
    """The buyer's last word in the thread of this row, while it is unanswered."""
    threads = Thread.objects.visible_to(actor).filter(kind=kind, object_id=pk)
    return questions(actor).filter(thread__in=threads).first()


def how_many(rows: QuerySet[Any]) -> Subquery:
    """The number of rows as a part of another query."""
    counted = rows.order_by().annotate(count=Func(F("pk"), function="COUNT", output_field=IntegerField()))
    return Subquery(counted.values("count"), output_field=IntegerField())
