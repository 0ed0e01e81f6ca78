"""The stage: what the cast can do at a moment of the past, all of it through the platform's own doors."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from itertools import count
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from documents.einvoice import ubl_writing
from documents.einvoice.document import Document
from documents.einvoice.parts import Reference
from documents.file import StoredFile
from documents.upload import store_bytes
from eipp.demo.bill import Bill
from eipp.demo.goods import basket, type_of_basket
from eipp.demo.photo import photo
from eipp.demo.world import World
from eipp.gateways import sandbox
from eipp.gateways.sandbox_accounts import bank_day
from eipp.kernel import clock, relays
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money, total
from eipp.ledger import posting
from eipp.ledger.models import Invoice
from messaging.thread import post_message, thread_of
from workflows import approval, gateway_talk, intent, planning, receiving, refund_request, refund_talk
from workflows.bank_transfer import settle_transfer
from workflows.dispute import Dispute, open_dispute
from workflows.payment import Payment
from workflows.viewing import mark_viewed

OLD = timedelta(days=150)
GOOD_ACCOUNT, EMPTY_ACCOUNT = "000123456789", "000111111116"
GOOD_CARD, DECLINED_CARD = "4242 4242 4242 4242", "4000 0000 0000 0002"
_TAX = {"main": "19", "branch": "19", "tiny_account": "19", "unconnected": "20"}
_VOICES = {"tiny": "tom", "elsewhere": "sina"}
_READERS = {"tiny": ("tom",), "elsewhere": ("sina",), "brightwater": ("anna", "ben", "vera")}


class Stage:
    """The world with its chance (seeded, so that every start tells the same), its numbers and its actors."""

    def __init__(self, world: World, *, until: datetime) -> None:
        self.world, self.until = world, until
        self.chance = Random(20_250_317)  # noqa: S311 (a story, not a secret)
        self._numbers = {"nordwind": count(417), "pacific": count(20_831)}
        self._actors: dict[str, Actor] = {}

    def actor(self, word: str) -> Actor:
        """A person, or the ERP of a company."""
        if word not in self._actors:
            person = word in self.world.people
            self._actors[word] = self.world.actor(word) if person else self.world.erp(word)
        return self._actors[word]

    def number(self, supplier: str, year: int) -> str:
        return f"RE-{year}-{next(self._numbers[supplier]):05d}" if supplier == "nordwind" else (
            f"PP{next(self._numbers[supplier])}"
        )  # fmt: skip


class Scene:
    """One story's place on the stage: one customer account, at the moment `now`."""

    def __init__(self, stage: Stage, account: str) -> None:
        self.stage, self.word, self.account = stage, account, stage.world.accounts[account]
        self.chance, self.now = stage.chance, stage.until
        self.supplier = "pacific" if account.startswith("pacific") else "nordwind"
        self.clerk = "paula" if self.supplier == "pacific" else self.chance.choice(("clara", "carl"))
        buyer = self.account.buyer_id
        self.buyer = next((word for word, row in stage.world.companies.items() if row.pk == buyer), "")

    @property
    def buyers_voice(self) -> str:
        """Who speaks and pays for the buyer."""
        return _VOICES.get(self.buyer, "anna")

    def money(self, text: str) -> Money:
        return Money.parse(text, self.account.currency)

    def after(self, days: float, spread: int = 0) -> datetime:
        """So many days from now, give or take, on a working day between seven and sixteen o'clock."""
        return self.at_work(self.now + timedelta(days=days + (self.chance.randint(-spread, spread) if spread else 0)))

    def today(self) -> datetime:
        """A little before the present, so that what was begun is still going on."""
        return max(self.stage.until - timedelta(minutes=self.chance.randrange(8, 15)), self.now)

    def due(self, invoice: Invoice, days: int) -> datetime:
        """So many days after the due date."""
        noon = datetime.combine(invoice.due_date, time(12), tzinfo=ZoneInfo("UTC"))
        return max(self.at_work(noon + timedelta(days=days)), self.now + timedelta(minutes=5))

    def bill(self, goods: type_of_basket | None = None, **facts: Any) -> Invoice:
        """The supplier's ERP sends an invoice; its e-invoice is kept as the original."""
        chosen = goods or basket(self.chance, self.word)
        if goods is None and self.chance.random() < 0.3 and self.account.currency != "JPY":
            facts.setdefault("freight", self.chance.choice(("18.50", "24.90", "49.00")))
        issued = clock.today(self.account.supplier.time_zone, at=self.now)
        facts.setdefault("number", self.stage.number(self.supplier, issued.year))
        facts.setdefault("order", f"PO-{self.chance.randrange(41_000, 46_999)}")
        bill = Bill(account=self.account, currency=self.account.currency, issued=issued, goods=chosen,
                    tax=_TAX.get(self.word, "0"), **facts)  # fmt: skip
        original = self._original(bill.document())
        return self.stage.world.post(bill, now=self.now, channel="xml", original_id=original.pk, erp=self._erp())

    def credit(self, invoice: Invoice, goods: type_of_basket) -> None:
        """The supplier's ERP sends a credit note for an invoice."""
        issued = clock.today(self.account.supplier.time_zone, at=self.now)
        bill = Bill(account=self.account, currency=self.account.currency, issued=issued, goods=goods,
                    number=f"GS-{invoice.number}", tax=_TAX.get(self.word, "0"))  # fmt: skip
        document = msgspec.structs.replace(
            bill.document(), is_credit_note=True, type_code="381", due_date=None, payment_means=(),
            preceding_invoices=(Reference(number=invoice.number, date=invoice.issue_date.isoformat()),),
        )  # fmt: skip
        arrival = receiving.Arrival(document, "xml", judged=True, account_number=self.account.number,
                                    original_id=self._original(document).pk)  # fmt: skip
        receiving.receive(self._erp(), arrival, now=self.now)

    def read(self, invoice: Invoice, by: str = "") -> None:
        """Somebody of the buyer's opens it; of what is long past, nobody tells it."""
        if self.now < self.stage.until - OLD:
            return
        if self.buyer:
            mark_viewed(self._actor(by or self.chance.choice(_READERS[self.buyer])), invoice, now=self.now)

    def approve(self, invoice: Invoice, by: str = "ben") -> None:
        """Where the buyer has rules; nothing where it needs none."""
        run = approval.active_run(invoice)
        if run and run.state == "waiting":
            approval.decide(self._actor(by), run, verdict="approve", now=self.now)

    def reject(self, invoice: Invoice, by: str, reason: str) -> None:
        run = approval.active_run(invoice)
        if run:
            approval.decide(self._actor(by), run, verdict="reject", reason=reason, now=self.now)

    def transfer(self, *invoices: Invoice, part: Decimal | None = None, more: str = "") -> None:
        """The buyer's bank sends what is free of these invoices (or a part of it, or some more)."""
        for invoice in invoices:
            invoice.refresh_from_db()
        shares = [(one, one.free.share(part, Decimal(1)) if part else one.free) for one in invoices]
        shares = [(one, amount) for one, amount in shares if amount]
        if not shares:
            return
        amount = total((share for _, share in shares), self.account.currency)
        receipt = posting.post_receipt(
            self._erp(), account=self.account, amount=amount + Money.parse(more or "0", amount.currency),
            received_on=clock.today(self.account.supplier.time_zone, at=self.now), kind="transfer",
            reference=", ".join(one.number for one in invoices)[:200], now=self.now,
        )  # fmt: skip
        posting.apply_receipt(self._erp(), receipt, shares, now=self.now)

    def pay(self, by: str, *invoices: Invoice, card: str = GOOD_CARD) -> Payment:
        """Somebody pays what is free of these invoices on the provider's page."""
        entered, charge = self.begin_to_pay(by, *invoices)
        sandbox.pay(charge.pk, card=card)
        return self._hear_of(entered, charge)

    def pay_slowly(self, by: str, *invoices: Invoice) -> Payment:
        """The provider has taken it and waits for the buyer's bank."""
        entered, charge = self.begin_to_pay(by, *invoices)
        sandbox.SandboxCharge.objects.filter(pk=charge.pk).update(status="pending", last_digits="4242")
        return self._hear_of(entered, charge)

    def debit(self, by: str, *invoices: Invoice, account: str) -> Payment:
        """Somebody lets the provider debit a bank account; what its bank says comes later."""
        entered, charge = self.begin_to_pay(by, *invoices, method="bank_debit")
        sandbox.debit(charge.pk, account=account, now=self.now)
        facts = {"turns_at": None, "callback_due_at": None, "created_at": self.now}
        if bank_day(self.now, 2) > self.stage.until:  # still ahead: the bank's word comes when its day does
            facts.pop("turns_at")
        sandbox.SandboxCharge.objects.filter(pk=charge.pk).update(**facts)
        gateway_talk.ask(entered.pk, now=self.now + timedelta(seconds=40))
        return entered

    def bank_says(self, entered: Payment, status: str, failure: str = "") -> None:
        """The bank's word about a debit of the past, as the provider passes it on."""
        charge = sandbox.SandboxCharge.objects.get(reference=entered.pk)
        sandbox.SandboxCharge.objects.filter(pk=charge.pk).update(status=status, failure=failure)
        gateway_talk.ask(entered.pk, now=self.now)

    def announce_transfer(self, by: str, *invoices: Invoice) -> Payment:
        """Somebody chooses to send the money from their own bank."""
        for invoice in invoices:
            invoice.refresh_from_db()
        attempt, shares = UUID(int=self.chance.getrandbits(128)), [(invoice, invoice.free) for invoice in invoices]
        entered = intent.enter(self._actor(by), shares, gateway="bank_transfer", method="bank_transfer",
                               attempt=attempt, now=self.now)  # fmt: skip
        return gateway_talk.open_checkout(entered, now=self.now)

    def transfer_arrives(self, entered: Payment) -> None:
        """The supplier's bank statement shows the money with its reference."""
        received_on = clock.today(self.account.supplier.time_zone, at=self.now)
        settle_transfer(self._erp(), entered, amount=entered.amount, received_on=received_on, now=self.now)

    def begin_to_pay(self, by: str, *invoices: Invoice, method: str = "card") -> tuple[Payment, sandbox.SandboxCharge]:
        """Up to the provider's page."""
        for invoice in invoices:
            invoice.refresh_from_db()
        attempt = UUID(int=self.chance.getrandbits(128))
        shares = [(invoice, invoice.free) for invoice in invoices]
        entered = intent.enter(self._actor(by), shares, gateway="sandbox", method=method, attempt=attempt,
                               now=self.now)  # fmt: skip
        gateway_talk.open_checkout(entered)
        return entered, sandbox.SandboxCharge.objects.get(reference=entered.pk)

    def charge_back(self, paid: Payment) -> None:
        """The card holder's bank takes the money back."""
        charge = sandbox.SandboxCharge.objects.get(reference=paid.pk)
        sandbox.SandboxCharge.objects.filter(pk=charge.pk).update(status="charged_back", failure="not_delivered")
        self._hear_of(paid, charge)

    def agree_on_instalments(self, invoice: Invoice, count: int) -> None:
        """The buyer proposes monthly instalments, the supplier's manager agrees."""
        invoice.refresh_from_db()
        today = clock.today(self.account.supplier.time_zone, at=self.now)
        days = [today + timedelta(days=30 * position + 10) for position in range(count)]
        plan = planning.propose(
            self._actor(self.buyers_voice), [(invoice, invoice.free)], planning.evenly(invoice.free, days),
            comment="A customer of ours pays late; may we pay in parts?", now=self.now,
        )  # fmt: skip
        planning.agree(self._actor("mona"), plan, now=self.now + timedelta(hours=2))

    def take_the_loss(self, paid: Payment) -> None:
        """The clerk does not answer a charge-back with evidence."""
        for row in paid.chargebacks.filter(closed_at=None):
            row.lose(self._actor(self.clerk), now=self.now)

    def refund(self, paid: Payment, amount: str, reason: str) -> None:
        """The supplier's manager sends some of a payment back, the way it came."""
        made = refund_request.request(self._actor("mona"), paid, self.money(amount), reason=reason, now=self.now)
        refund_talk.send(made, now=self.now + timedelta(minutes=1))

    def dispute(self, by: str, invoice: Invoice, reason: str, comment: str, *, units: str = "", amount: str = "",
                with_photo: bool = False) -> Dispute:  # fmt: skip
        """The buyer disputes so many units of the first line, or an amount, or all of it."""
        actor = self._actor(by)
        files = [self._photo(actor)] if with_photo else []
        lines = [(invoice.lines.all()[0], Decimal(units))] if units else []
        money = Money.parse(amount, invoice.currency) if amount else None
        return open_dispute(actor, invoice, reason=reason, comment=comment, lines=lines, amount=money, files=files,
                            now=self.now)  # fmt: skip

    def move(self, row: Any, name: str, by: str, **details: Any) -> None:
        """Make a workflow's move."""
        getattr(row, name)(self._actor(by), now=self.now, **details)

    def say(self, by: str, about: Invoice, text: str, *, internal: bool = False, with_photo: bool = False) -> None:
        """Write into the invoice's thread, below what has happened so far."""
        relays.run_once()
        actor = self._actor(by)
        files = [self._photo(actor)] if with_photo else []
        post_message(actor, thread_of(about), text, internal=internal, files=files, now=self.now)

    def _hear_of(self, entered: Payment, charge: sandbox.SandboxCharge) -> Payment:
        """The platform looks at the provider; its callback has been answered long ago."""
        facts = {"callback_due_at": None, "created_at": self.now}
        sandbox.SandboxCharge.objects.filter(pk=charge.pk).update(**facts)
        gateway_talk.ask(entered.pk, now=self.now + timedelta(seconds=40))
        return entered

    def _original(self, document: Document) -> StoredFile:
        return store_bytes(self._erp(), ubl_writing.write(document), name=f"{document.number}.xml",
                           content_type="application/xml", now=self.now)  # fmt: skip

    def _photo(self, actor: Actor) -> StoredFile:
        return store_bytes(actor, photo(), name="IMG_2044.png", content_type="image/png", purpose="dispute",
                           now=self.now)  # fmt: skip

    def at_work(self, moment: datetime) -> datetime:
        day = moment.date()
        day += timedelta(days=(7 - day.weekday()) if day.weekday() > 4 else 0)
        hour, minute, second = self.chance.randrange(7, 16), self.chance.randrange(60), self.chance.randrange(60)
        moment = datetime.combine(day, time(hour, minute, second), tzinfo=ZoneInfo("UTC"))
        return max(moment, self.now + timedelta(minutes=self.chance.randrange(3, 40)))

    def _erp(self) -> Actor:
        return self.stage.actor(self.supplier)

    def _actor(self, word: str) -> Actor:
        return self.stage.actor(word)
