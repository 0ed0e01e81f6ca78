"""The scene: one row of each kind that belongs to Brightwater and Nordwind alone, each with a mark that nobody else may
read; who is entitled to them, and who is a stranger."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import msgspec
from django.test import Client

from documents.claim_sheet import SheetRow
from documents.einvoice.parts import Identifier, Party
from documents.upload import store_bytes
from eipp.accounts.customer_account import change_account
from eipp.accounts.mail_address import add_mail_address
from eipp.accounts.membership import active_memberships, add_member
from eipp.accounts.person import create_person
from eipp.demo.bill import Bill, Good
from eipp.kernel import clock
from eipp.kernel.actor import Actor
from eipp.ledger.agreed_discount import Scale
from eipp.ledger.finance_charge_reckoning import Reckoned
from eipp.ledger.models import CashReceipt, FinanceChargeRule
from eipp.ledger.posting import post_finance_charges, post_receipt
from messaging.thread import post_message, thread_of
from messaging.webhook import add_webhook
from tests.walls.addresses import Address
from tests.workflows.bank_file import Line, applied, camt, load
from tests.workflows.doing import approve, at_the_page, confirmed_account, enter, eur, hear
from tests.workflows.saving import saved_card
from tests.world import World
from workflows import (
    announced_payment,
    answering,
    approval,
    authority,
    autopay,
    bank_details,
    deduction,
    offering,
    planning,
    promise,
    refund_talk,
)
from workflows.claim import file_claim
from workflows.dispute import open_dispute
from workflows.receiving import Arrival, receive
from workflows.refund_request import request
from workflows.remittance_arrival import read, send_file

MARK = "Zwetschgenknoedel"
NOWHERE = UUID("0199d0a0-0000-7000-8000-000000000000")
Row = Any


@dataclass
class Scene:
    """`rows`: by kind; `entitled` and `strangers`: clients by name, for pages (`browsers`) and programs alike."""

    world: World
    rows: dict[str, Row]

    @classmethod
    def make(cls, world: World) -> "Scene":
        person = create_person(username="lena", email="lena@brightwater.example", name="Lena", password="long, 4711")
        roles = ["viewer", "approver", "payer", "buyer_administrator"]
        add_member(person=person, organisation=world.brightwater, roles=roles, accounts=[world.branch])
        world.people["lena"] = person
        scene = cls(world, {"account": world.main, "organisation": world.brightwater})
        scene._fill()
        return scene

    def entitled(self, address: Address) -> Iterator[Client]:
        """Those who together may do everything with the rows."""
        if address.is_api:
            yield from (self.world.program("brightwater"), self.world.program("nordwind"), self.world.client("mona"))
        yield from (self.world.client(word) for word in ("anna", "mona", "dora", "silke"))

    def strangers(self, address: Address) -> dict[str, Client]:
        """Every right, but elsewhere: another buyer, another supplier, a colleague for another account."""
        if address.name == "account_act_for":
            return {word: self.world.client(word) for word in ("sina", "pete")}
        people = {word: self.world.client(word) for word in ("sina", "pete", "lena")}
        if not address.is_api:
            return people
        keys = {company: self.world.program(company) for company in ("elsewhere", "pacific")}
        return keys | {word: people[word] for word in ("sina", "lena")}

    def marks(self) -> list[str]:
        """What no stranger may read anywhere."""
        return [MARK, *(str(row.pk) for kind, row in self.rows.items() if kind != "organisation")]

    def bodies(self, address: Address) -> list[dict[str, Any]]:
        """What is posted there: what each of a page's moves, or the API's action, needs to be told."""
        if address.is_api:
            return [API_BODIES.get(address.name, {}) | ({"account": str(self.world.main.pk)}
                    if address.name == "api:intake-release" else {})]  # fmt: skip
        told = {"body": "Hello", "reason": "because", "amount": "1.00", "account": str(self.world.main.pk),
                "attempt": str(uuid4())}  # fmt: skip
        return [{"move": move, **told} for move in address.moves]

    def _fill(self) -> None:
        world, rows = self.world, self.rows
        anna, clara, mona = (world.actor(word) for word in ("anna", "clara", "mona"))
        invoice = rows["invoice"] = self._post()
        photo = rows["file"] = store_bytes(anna, f"{MARK}!".encode(), name=f"{MARK}.txt", purpose="dispute")
        line = invoice.lines.first()
        rows["dispute"] = open_dispute(
            anna, invoice, reason="damaged", comment=f"{MARK} is bent", lines=[(line, Decimal(2))], files=[photo]
        )
        rows["thread"] = thread_of(invoice)
        post_message(anna, rows["thread"], f"Where is the {MARK}?", files=[])
        post_message(clara, thread_of(rows["dispute"]), f"The {MARK} is on its way.")
        rows["approval"] = approval.active_run(invoice)
        other = world.invoice("40.00", note=MARK)
        for each in (invoice, other):
            approve(world, "ben", each)
        paid = enter(world, "anna", other)
        at_the_page(paid)
        hear(paid)
        rows["payment"] = enter(world, "anna", (invoice, eur("1.00")))
        rows["paid"] = paid
        rows["transfer"] = enter(world, "anna", (invoice, eur("0.60")), gateway="bank_transfer", method="bank_transfer")
        rows["cash_receipt"] = CashReceipt.objects.get(payment_id=paid.pk)
        self._refunds()
        self._late_fee(self.rows["invoice"])
        second = open_dispute(anna, invoice, reason="price", amount=eur("3.00"), comment=MARK)
        second.accept(clara)
        rows["credit_note"] = invoice.credit_notes.get()
        self._credit_and_authority(invoice)
        rows["presentment"] = invoice.presentments.get()
        rows["held"] = self._held()
        rows["bank_statement"], rows["bank_entry"], rows["bank_receipt"] = self._bank()
        rows["mail_address"] = add_mail_address(
            mona, world.main, purpose="invoices", email=f"{MARK}@brightwater.example".lower()
        )
        self._remittance_and_claim()
        change_account(mona, world.main, name=f"{MARK} Ltd")
        for word, kind in (("silke", "webhook"), ("dora", "buyer_webhook")):
            own = world.nordwind if word == "silke" else world.brightwater
            url = f"https://{MARK}.example.com/".lower()
            rows[kind] = add_webhook(world.actor(word), own, url=url, title=MARK)[0]
        rows["saved_method"] = saved_card(world, "dora", world.main.legal_entity, name=MARK)
        rows["promise"] = promise.make(anna, [(invoice, eur("0.50"))], promised_on=clock.today(), comment=MARK)
        rows["announced_payment"] = announced_payment.announce(
            anna, [(invoice, eur("0.40"))], pays_on=clock.today(), bank_run=uuid4(), comment=MARK
        )
        rows["autopay"] = autopay.set_up(anna, rows["saved_method"], currency="EUR", account=world.main)
        rows["member"] = active_memberships(world.people["ben"])[0]
        rows["colleague"] = active_memberships(world.people["carl"])[0]

    def _refunds(self) -> None:
        """One that went back the way it came, and one that AR is to send by its bank."""
        mona = self.world.actor("mona")
        self.rows["refund"] = refund_talk.send(request(mona, self.rows["paid"], eur("2.00"), reason=MARK))
        receipt = post_receipt(mona, account=self.world.main, amount=eur("4.00"), received_on=clock.today(),
                               kind="transfer", reference=MARK)  # fmt: skip
        back = enter(self.world, "anna", (self.rows["invoice"], eur("1.50")))
        at_the_page(back)
        hear(back).charge_back(Actor.system("test"), failure="not_delivered")
        self.rows["chargeback"] = back.chargebacks.get()
        late = self.world.invoice("6.00", note=MARK)
        days = [clock.today() + timedelta(days=day) for day in (10, 40)]
        self.rows["plan"] = planning.propose(
            self.world.actor("anna"), [(late, late.free)], planning.evenly(late.free, days), comment=MARK
        )
        confirmed_account(self.world)
        early = self.world.invoice("7.00", note=MARK)
        scale = Scale(clock.today() + timedelta(days=10), Decimal(20))
        self.rows["offer"] = offering.propose(mona, [early], scale, comment=MARK)
        short = self.world.invoice("7.00", note=MARK)
        self.rows["deduction"] = deduction.take(self.world.actor("clara"), short, eur("0.30"), said=MARK)
        self.rows["payout"] = request(mona, receipt, eur("3.00"), reason=MARK)

    def _late_fee(self, invoice: Row) -> None:
        """A late fee on the invoice, as a run posts it."""
        day = clock.today()
        rule = FinanceChargeRule.objects.create(supplier=self.world.nordwind, currency="EUR", starts_on=day,
                                                kind="fixed", fixed_minor=500, set_at=clock.now())  # fmt: skip
        one = Reckoned(invoice, rule, day, day, day, base=invoice.open_minor, amount=500)
        (self.rows["finance_charge"],) = post_finance_charges(Actor.system("test"), [one], now=clock.now())

    def _credit_and_authority(self, invoice: Row) -> None:
        """Credit that the ERP is asked for; a write-off that waits for somebody else."""
        world, mona = self.world, self.world.actor("mona")
        world.main.legal_entity.credit_notes_by = "erp"
        self.rows["credit_request"] = answering.give_credit(mona, world.main, eur("2.00"), reason=f"{MARK} rebate")
        world.main.legal_entity.credit_notes_by = "here"
        self.rows["legal_entity"] = world.main.legal_entity
        self.rows["bank_details"] = bank_details.propose(
            mona, world.main.legal_entity, holder=MARK, account="DE02120300000000202051", currency="EUR"
        )
        self.rows["authority_request"] = authority.require(
            mona, "write_off", eur("2000.00"), about=invoice, reason=f"{MARK} is lost"
        )

    def _remittance_and_claim(self) -> None:
        """An advice that came as a file and was read; a claim about the account alone, from a sheet."""
        anna, main = self.world.actor("anna"), self.world.main
        file = store_bytes(anna, f"Invoice;Amount;Reason\nW-{MARK};1.00;{MARK}\n".encode(), name=f"{MARK}.csv",
                           purpose="remittance")  # fmt: skip
        self.rows["remittance"] = advice = send_file(anna, file, account=main, comment=f"For the {MARK}")
        read(advice, now=clock.now())
        self.rows["remittance_file"] = file
        sheet = store_bytes(anna, f"Amount;Reason;Comment\n2.00;Rebate;{MARK}\n".encode(), name=f"claim {MARK}.csv",
                            purpose="claim")  # fmt: skip
        row = SheetRow(row=2, amount=Decimal("2.00"), reason="rebate", comment=MARK)
        self.rows["claim"] = file_claim(anna, main, [row], comment=f"{MARK} bonus", file=sheet)
        self.rows["claim_file"] = sheet

    def _bill(self, number: str) -> Bill:
        goods = ((Good(f"{MARK} M8", "10.00"), Decimal(10)),)
        return Bill(account=self.world.main, number=number, currency="EUR", issued=clock.today(), goods=goods,
                    note=f"The {MARK} you ordered", order=MARK)  # fmt: skip

    def _post(self) -> Row:
        erp = self.world.erp("nordwind")
        bill = self._bill(f"W-{MARK}")
        original = store_bytes(erp, f"<{MARK}/>".encode(), name=f"{MARK}.xml")
        return self.world.post(bill, now=clock.now(), channel="xml", original_id=original.pk)

    def _bank(self) -> tuple[Row, Row, Row]:
        """A statement with one amount of a customer's, one that nobody knows, and one that holds the file back."""
        lines = [Line("9.00", text=MARK, name=self.world.main.name), Line("8.00", text=MARK, name=MARK)]
        first = applied(self.world, camt(*lines, number=MARK[:20]))
        entries = list(first.entries.order_by("position"))
        held = load(self.world, camt(*lines, number=f"2 {MARK}"[:20], sequence=3, opening="5.00", day="2026-03-05"))
        return held, entries[1], entries[0].receipt

    def _held(self) -> Row:
        erp = self.world.erp("nordwind")
        nobody = Party(name=f"{MARK} & Sons", identifiers=(Identifier("x"),))
        document = msgspec.structs.replace(self._bill(f"H-{MARK}").document(), buyer=nobody)
        original = store_bytes(erp, f"<{MARK}/>".encode(), name=f"held {MARK}.xml")
        return receive(erp, Arrival(document, channel="xml", judged=True, original_id=original.pk)).presentment


API_BODIES: dict[str, dict[str, Any]] = {
    "api:invoice-credit": {"amount": "0.01", "reason": "x"}, "api:invoice-write-off": {"amount": "0.01", "reason": "x"},
    "api:invoice-write-off-reverse": {"amount": "0.01", "reason": "x"},
    "api:invoice-debit": {"amount": "0.01", "reason": "x"},
    "api:credit-note-apply": {"applications": [{"invoice": str(NOWHERE), "amount": "0.01"}]},
    "api:credit-note-undo": {"applications": [str(NOWHERE)]}, "api:legal-entity": {"credit_notes_by": "here"},
    "api:credit-request-cancel": {"reason": "because"},
    "api:payment-plan": {"planned_for": str(clock.today() + timedelta(days=9))},
    "api:deduction-resolve": {"outcome": "charge_back", "reason": "because"},
    "api:finance-charge-waive": {"reason": "because"},
    "api:cash-receipt-reverse": {"reason": "because"}, "api:chargeback-answer": {"text": "It was theirs"},
    "api:offer-counter": {"yearly_rate": "12", "pay_by": str(clock.today() + timedelta(days=9))},
    "api:early-payment": {"currency": "EUR", "yearly_rate": "9"},
    "api:plan-change": {"instalments": [{"due_on": "2999-01-01", "amount": "6.00"}]},
    "api:invoice-withdraw": {"reason": "x"}, "api:messages": {"body": "Hello"}, "api:dispute-ask": {"message": "x"},
    "api:dispute-answer": {"message": "x"}, "api:dispute-propose": {"amount": "1.00"},
    "api:dispute-decline": {"reason": "x"}, "api:approval-decide": {"verdict": "approve"},
}  # fmt: skip
