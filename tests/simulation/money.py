"""What happens to money that is on its way: at the provider, by its callbacks, and when the platform looks."""

from datetime import timedelta

from eipp.gateways.gateway import ForgedCallback
from eipp.kernel.money import Money
from eipp.ledger.models import CashReceipt
from tests.simulation.nature import Died
from tests.simulation.story import Difference, Story
from workflows import callback, gateway_talk, refund_talk


def payer_acts(story: Story) -> bool:
    """On the provider's page: pays, mostly what was asked for; is declined; leaves."""
    here = {pk: name for name, pk in story.rows.items() if name[0] == "P"}
    waiting = [pk for pk, charge in story.provider.charges.items() if charge.status == "open" and pk in here]
    if not waiting:
        return False
    reference = story.dice.choice(waiting)
    what, asked = story.dice.random(), story.provider.charges[reference].asked
    if what < 0.8:
        taken = asked
        if story.dice.random() < 0.06:
            other = Money(max(1, story.part(asked.minor)), asked.currency)
            taken = story.dice.choice((other, Money(story.dice.randint(1, 5000), "USD")))
        story.tell(f"the payer pays {taken} for {here[reference]}")
        if taken.currency != asked.currency:
            story.kept.setdefault("astray", {})[here[reference]] = taken
        story.provider.pay(reference, taken)
        story.provider.pay(reference)  # the button is pressed twice
    else:
        story.tell(f"the payer of {here[reference]} " + ("is declined" if what < 0.9 else "leaves"))
        story.provider.end(reference, "failed" if what < 0.9 else "cancelled", "card_declined")
    return True


def bank_acts(story: Story) -> bool:
    """Days later: a debit settles or comes back, a card holder takes the money back."""
    here = {pk: name for name, pk in story.rows.items() if name[0] == "P"}
    those = ("pending", "succeeded", "charged_back")
    moving = [pk for pk, one in story.provider.charges.items() if one.status in those and pk in here]
    if not moving:
        return False
    reference = story.dice.choice(moving)
    charge = story.provider.charges[reference]
    if charge.status == "pending":
        end = story.dice.choice(("succeeded", "succeeded", "returned"))
    elif charge.status == "charged_back":
        end = "succeeded"  # the supplier's evidence has won
    else:
        end = "returned" if charge.method == "bank_debit" else "charged_back"
    part = story.dice.choice((100, 100, 60, 25))
    story.tell(f"{here[reference]} is {end} at the provider, {part} %")
    story.provider.end(reference, end, "R01" if end == "returned" else "", part=part)
    return True


def calls_back(story: Story) -> bool:
    """One of the callbacks under way arrives, in any order, maybe twice; one may come that is forged, or about
    nothing, or long before there is anything to tell."""
    said, what = story.provider.said, story.dice.random()
    if what < 0.1:
        forged = story.one_of(story.books.payments)
        if forged:
            story.tell(f"somebody forges a callback about {forged}")
            _arrives(story, story.rows[forged], signed="by nobody")
        return forged is not None
    if what < 0.25 and story.books.payments:
        name = story.dice.choice(list(story.books.payments))
        story.tell(f"an idle callback about {name} arrives")
        _arrives(story, story.rows[name])
        return True
    if not said:
        return False
    at = story.dice.randrange(len(said))
    kind, reference = said[at]
    if story.dice.random() < 0.8:  # else it comes again, later
        said.pop(at)
    story.tell(f"a callback arrives about {_names(story).get(reference, f'a {kind}')}")
    _arrives(story, reference, kind=kind)
    return True


def looks(story: Story) -> bool:
    """The worker's turn: it asks about every payment about which there is to ask."""
    names = _names(story)
    asked = [names[pk] for pk in gateway_talk.to_be_asked(story.nature.now)]
    for name in asked:
        asks(story, name)
    refunds = {story.rows[name]: name for name in story.books.refunds}
    back = [refunds[pk] for pk in refund_talk.to_be_asked(story.nature.now)]
    for name in back:
        asks_about_refund(story, name)
    return bool(asked or back)


def asks_about_refund(story: Story, name: str) -> None:
    with story.mood() as mood:
        story.tell(f"the platform asks about {name}; the provider is {mood}")
        try:
            with story.nature.dying_after(story.fate(0.08)):
                refund_talk.ask(story.rows[name])
        except Died:
            story.tell("  ... and died")
            return
    if mood == "well":
        story.books.hear_of_refund(name, story.provider.truth_of_refund(story.rows[name]).status)


def bank_takes_refunds(story: Story) -> bool:
    """The payer's bank takes a refund, or sends it back."""
    under_way = [pk for pk, sent in story.provider.refunds.items() if sent.status == "pending"]
    if not under_way:
        return False
    pk, end = story.dice.choice(under_way), story.dice.choice(("succeeded", "succeeded", "failed"))
    story.tell(f"a refund has {end} at the provider")
    story.provider.end_refund(pk, end)
    return True


def asks(story: Story, name: str) -> None:
    one, reference = story.books.payments[name], story.rows[name]
    with story.mood() as mood:
        story.tell(f"the platform asks about {name}; the provider is {mood}")
        died = False
        with story.nature.dying_after(story.fate(0.08)):
            try:
                gateway_talk.ask(reference)
            except Died:
                story.tell("  ... and died")
                died = True
    if died:
        return
    if one.is_transfer:
        row = story.row(name)
        over = row.cancel_requested_at or row.expires_at < story.nature.now
        story.books.hear(name, "cancelled" if over else "pending", None, story.nature.now)
    elif mood == "well":
        truth = story.provider.truth(reference)
        received = (truth.amount.minor, truth.amount.currency) if truth.amount else None
        back = truth.charged_back.minor if truth.charged_back else None
        story.books.hear(name, truth.status, received, story.nature.now, back)
    match_receipts(story, name)


def time_passes(story: Story) -> bool:
    story.nature.pass_time(story.dice.choice((
        timedelta(seconds=30), timedelta(seconds=70), timedelta(minutes=5), timedelta(minutes=40), timedelta(hours=7),
        timedelta(days=1), timedelta(days=4), timedelta(days=16),
    )))  # fmt: skip
    return True


def settles_down(story: Story) -> None:
    """Everything is told and heard: what the provider has is what we have."""
    story.tell("everything is told and heard")
    story.in_peace = True
    while story.provider.said:
        kind, reference = story.provider.said.pop()
        _arrives(story, reference, kind=kind)
    for _ in range(3):
        story.nature.pass_time(gateway_talk.UNATTENDED + timedelta(seconds=1))
        names = _names(story)
        for pk in gateway_talk.to_be_asked(story.nature.now):
            asks(story, names[pk])
        refunds = {story.rows[name]: name for name in story.books.refunds}
        for pk in refund_talk.to_be_asked(story.nature.now):
            asks_about_refund(story, refunds[pk])


def match_receipts(story: Story, name: str) -> None:
    """Which of the platform's receipts are those that the books have of a payment."""
    accounts = {account.pk: number for number, account in story.scene.accounts.items()}
    seen = set[str]()
    for receipt in CashReceipt.objects.filter(payment_id=story.rows[name]).order_by("pk"):
        source = f"{name}/{accounts[receipt.account_id]}"
        if source in seen:  # won back, after all of it was gone
            source += "~1"
        seen.add(source)
        if source not in story.books.sources:
            raise Difference(f"{source} is a receipt of {receipt.amount} that the books do not have")
        story.rows[source] = receipt.pk


def _arrives(story: Story, reference: object, *, signed: str = "simulated", kind: str = "payment") -> None:
    body = f"{kind} {reference} {story.dice.getrandbits(32)}".encode()
    try:
        callback.note_callback("simulated", {"Signed": signed}, body)
    except ForgedCallback:
        if signed == "simulated":
            raise
    else:
        if signed != "simulated":
            raise Difference("a forged callback was believed")


def _names(story: Story) -> dict[object, str]:
    return {story.rows[name]: name for name in story.books.payments}
