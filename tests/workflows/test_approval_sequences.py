"""Whatever happens in whatever order: where the buyer has rules, nothing is paid without the approvals they ask for.

The rules are judged here once more, by a few lines that share nothing with the platform's.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from documents.einvoice.document import Document
from documents.einvoice.parts import Figure, Note
from eipp.accounts.membership import add_member
from eipp.accounts.person import create_person
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.ledger.models import Invoice
from tests.counts import rounds
from tests.workflows.doing import eur
from tests.world import World
from workflows import approval
from workflows.approval import ApprovalRule
from workflows.dispute import LIVE, Dispute, open_dispute
from workflows.intent import enter
from workflows.payment import Payment
from workflows.presentment import Presentment
from workflows.receiving import Arrival, receive

AMOUNTS = (300, 600, 1500)
RULES = ((0, 1, False), (500, 2, False), (1000, 1, True))  # from so many EUR: quorum, four eyes
SHARES = 4  # so that several workers play them
PEOPLE = ("anna", "ben", "rita", "erp")
WHICH, WHO = st.integers(0, len(AMOUNTS) - 1), st.sampled_from(PEOPLE)
PART = st.sampled_from([30, 50, 100])
APPROVING = st.tuples(st.just("approve"), WHO, WHICH)
PAYING = st.tuples(st.just("pay"), st.sampled_from(["anna", "rita", "erp"]),
                   st.lists(WHICH, min_size=1, max_size=2, unique=True), PART)  # fmt: skip
OTHERS = (
    st.tuples(st.just("approve_and_pay"), WHO, WHICH),
    st.tuples(st.just("reject"), WHO, WHICH),
    st.tuples(st.just("resubmit"), WHO, WHICH),
    st.tuples(st.just("correct"), WHICH, st.booleans()),
    st.tuples(st.just("dispute"), WHO, WHICH, PART),
    st.tuples(st.just("end_dispute"), st.sampled_from(["accept", "decline", "withdraw"])),
    st.tuples(st.just("fail"), st.just("")),
)
#: Mostly approving and paying, with everything else in between.
STEPS = st.lists(st.one_of(*[APPROVING] * 7, *[PAYING] * 5, *OTHERS), min_size=5, max_size=10)


@dataclass
class Said:
    """Who said yes to which content, up to how much."""

    by: UUID
    is_person: bool
    content: str
    covers: int


@dataclass
class Story:
    """The platform, the steps, and what the test remembers of them."""

    world: World
    invoices: list[Invoice]
    actors: dict[str, Actor]
    said: dict[UUID, list[Said]] = field(default_factory=lambda: defaultdict(list))
    payments: int = 0
    version: int = 0

    def take(self, step: tuple[Any, ...]) -> None:
        try:
            with transaction.atomic():
                getattr(self, step[0])(*step[1:])
        except Refusal:
            return

    def invoice(self, which: int) -> Invoice:
        """As it stands now."""
        self.invoices[which].refresh_from_db()
        return self.invoices[which]

    def approve(self, who: str, which: int) -> None:
        invoice, actor = self.invoice(which), self.actors[who]
        run = approval.active_run(invoice)
        if run:
            approval.decide(actor, run, verdict="approve")
            self._note(actor, invoice)

    def reject(self, who: str, which: int) -> None:
        run = approval.active_run(self.invoice(which))
        if run:
            approval.decide(self.actors[who], run, verdict="reject", reason="no")
            self.said[self.invoice(which).pk].clear()

    def resubmit(self, who: str, which: int) -> None:
        run = approval.active_run(self.invoice(which))
        if run:
            run.resubmit(self.actors[who])

    def pay(self, who: str, which: list[int], part: int) -> None:
        shares = [(self.invoice(one), _part(self.invoice(one), part)) for one in which]
        self._pay(who, shares)

    def approve_and_pay(self, who: str, which: int) -> None:
        invoice = self.invoice(which)
        run = approval.active_run(invoice)
        if run and run.state == "waiting":
            approval.decide(self.actors[who], run, verdict="approve")
            self._note(self.actors[who], invoice)
        self._pay(who, [(invoice, invoice.free)])

    def correct(self, which: int, other_money: bool) -> None:
        invoice = self.invoice(which)
        row = Presentment.objects.filter(invoice=invoice).latest("version")
        self.version += 1
        document = msgspec.structs.replace(row.read(), notes=(Note(text=f"version {self.version}"),))
        receive(self.actors["nordwind"], Arrival(
            _dearer(document) if other_money else document, channel="json", judged=True,
            external_id=row.external_id, account_number=self.world.main.number,
        ))  # fmt: skip

    def dispute(self, who: str, which: int, part: int) -> None:
        invoice = self.invoice(which)
        open_dispute(self.actors[who], invoice, reason="price", amount=_part(invoice, part))

    def end_dispute(self, how: str) -> None:
        dispute = Dispute.objects.filter(state__in=LIVE).first()
        if dispute:
            told = {"reason": "no"} if how == "decline" else {}
            who = "anna" if how == "withdraw" else "clara"
            getattr(dispute, how)(self.actors[who], **told)

    def fail(self, _: str) -> None:
        payment = Payment.objects.filter(state="submitted").first()
        if payment:
            payment.fail(approval.Actor.system("gateway"), failure="card_declined")

    def _note(self, actor: Any, invoice: Invoice) -> None:
        covers = invoice.payable_minor - invoice.disputed_minor
        self.said[invoice.pk].append(Said(actor.id, actor.person_id is not None, invoice.content_hash, covers))

    def _pay(self, who: str, shares: list[tuple[Invoice, Money]]) -> None:
        actor = self.actors[who]
        enter(actor, shares, gateway="sandbox", attempt=uuid4())
        self.payments += 1
        together = sum(amount.minor for _, amount in shares)
        for invoice, _ in shares:
            quorum, four_eyes = _asked_for(invoice.payable_minor)
            four_eyes = four_eyes or together >= 100_000
            on_the_way = Payment.objects.filter(shares__invoice=invoice, state="submitted")
            spent = sum(on_the_way.values_list("shares__amount_minor", flat=True).filter(shares__invoice=invoice))
            yes = [one for one in self.said[invoice.pk]
                   if one.content == invoice.content_hash and one.covers >= spent]  # fmt: skip
            people = {one.by for one in yes if one.is_person or (quorum == 1 and not four_eyes)}
            assert len(people) >= quorum, f"{invoice}: {len(people)} of {quorum} approved"
            if four_eyes:
                assert actor.person_id and people - {actor.id}, f"{invoice}: {who} alone"


@pytest.fixture
def story_world(world: World) -> World:
    rita = create_person(username="rita", email="rita@brightwater.example", name="Rita", password="long enough 4711")
    add_member(person=rita, organisation=world.brightwater, roles=["approver", "payer", "buyer_administrator"])
    world.people["rita"] = rita
    ApprovalRule.objects.filter(buyer=world.brightwater).delete()
    for amount, quorum, four_eyes in RULES:
        facts = {"from_minor": amount * 100, "quorum": quorum, "four_eyes": four_eyes, "currency": "EUR"}
        ApprovalRule.objects.create(buyer=world.brightwater, **facts)
    return world


def play(world: World, examples: int, *, seeded: int = 0, phases: Sequence[Phase] = tuple(Phase)) -> int:
    """Try so many random stories; how many payments were let through."""
    paid = 0
    invoices = [world.invoice(f"{amount}.00") for amount in AMOUNTS]
    actors = {word: world.actor(word) for word in ("anna", "ben", "rita", "clara")}
    actors |= {"erp": world.erp("brightwater"), "nordwind": world.erp("nordwind")}

    @seed(seeded)
    @settings(
        max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck), phases=phases
    )  # fmt: skip
    @given(STEPS)
    def every_story_keeps_the_rules(steps: list[tuple[Any, ...]]) -> None:
        nonlocal paid
        with transaction.atomic():
            story = Story(world, [Invoice.objects.get(pk=invoice.pk) for invoice in invoices], actors)
            for step in steps:
                story.take(step)
            paid += story.payments
            transaction.set_rollback(True)

    every_story_keeps_the_rules()
    return paid


@pytest.mark.long
def test_nothing_is_paid_without_the_approvals_that_are_asked_for(story_world: World) -> None:
    assert play(story_world, 30) > 2


def test_without_the_rules_for_release_the_stories_would_show_it(
    story_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: with the guard away, the same stories find a payment that nobody approved."""
    monkeypatch.setattr("workflows.intent.release_refusal", lambda actor, shares: None)
    with pytest.raises((AssertionError, ExceptionGroup)):
        play(story_world, 30, phases=[Phase.generate])


@pytest.mark.postgres
@pytest.mark.parametrize("seeded", range(SHARES))
def test_nothing_is_paid_without_approvals_in_very_many_stories(story_world: World, seeded: int) -> None:
    stories = rounds(10_000) // SHARES
    assert play(story_world, stories, seeded=seeded + 1) > stories // 10


def _asked_for(payable: int) -> tuple[int, bool]:
    fitting = [(quorum, four_eyes) for amount, quorum, four_eyes in RULES if payable >= amount * 100]
    return fitting[-1]


def _part(invoice: Invoice, part: int) -> Money:
    return Money(max(1, invoice.free.minor * part // 100), "EUR")


def _dearer(document: Document) -> Document:
    """One cent more on the only line and in every sum."""
    figures: dict[str, Any] = {}
    for name in ("line_total", "total_without_tax", "total_with_tax", "payable"):
        figure = getattr(document, name)
        figures[name] = type(figure)(f"{figure.value + eur('0.01').amount}")
    (line,) = document.lines
    net = Figure(f"{line.net.value + eur('0.01').amount}")  # type: ignore[operator]
    (taxes,) = document.tax_totals
    (row,) = taxes.breakdown
    row = msgspec.structs.replace(row, taxable=net)
    return msgspec.structs.replace(
        document, lines=(msgspec.structs.replace(line, net=net, price=net),),
        tax_totals=(msgspec.structs.replace(taxes, breakdown=(row,)),), **figures,
    )  # fmt: skip
