"""What the buyer plans for a day to come, with what is saved; the worker pays on that day, or what is left of it."""

from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from eipp.kernel.money import Money
from tests.simulation.money import match_receipts
from tests.simulation.nature import Died
from tests.simulation.story import Difference, Story
from workflows import intent, paying, planned
from workflows.payment import Payment

HERE = ZoneInfo("Europe/Amsterdam")  # the buyer's


def plans(story: Story) -> bool:
    """One or two invoices, for tomorrow or some days on; the same attempt twice is the same plan."""
    chosen = [name for name in story.books.invoices if story.books.open(name) > 0]
    if not chosen:
        return False
    first = story.books.invoices[story.dice.choice(chosen)]
    same = [name for name in chosen if story.books.invoices[name].currency == first.currency]
    some = story.dice.sample(same, min(len(same), story.dice.choice((1, 1, 2))))
    shares = {name: story.part(story.books.free(name) or story.books.open(name)) for name in some}
    day = story.nature.now.astimezone(HERE).date() + timedelta(days=story.dice.choice((1, 1, 2, 6)))
    saved, attempt = story.dice.choice(("card", "bank_debit")), UUID(int=story.dice.getrandbits(128), version=4)
    name = story.name("P")

    def call() -> Payment:
        rows = [(story.row(to), Money(amount, first.currency)) for to, amount in shares.items()]
        return intent.enter(story.actor("tom"), rows, saved=story.scene.saved[saved], planned_for=day, attempt=attempt)

    def then(payment: Payment) -> None:
        if name not in story.rows:
            story.books.plan(name, shares, day, story.nature.now, saved=saved)
            story.rows[name] = payment.pk
        assert payment.pk == story.rows[name], f"{name} was planned a second time as {payment}"

    words = f"the buyer plans {shares} for {day} by the {saved} as {name}"
    done = story.both(words, allowed=story.books.may_pay(shares), call=call, then=then)
    if done and story.dice.random() < 0.25:
        story.both(f"{words}, again", allowed=True, call=call, then=then)
    return True


def drops(story: Story) -> bool:
    name = story.one_of(name for name, one in story.books.payments.items() if one.planned_for)
    if name is None:
        return False

    def then(_: None) -> None:
        story.books.give_up(name, "cancelled")
        story.kept.setdefault("dropped", []).append(name)

    return story.both(f"the buyer drops the plan {name}", allowed=story.books.payments[name].state == "planned",
                      call=lambda: story.row(name).drop_plan(story.actor("tom")), then=then)  # fmt: skip


def reviews(story: Story) -> bool:
    """The worker tells of plans that something came over."""
    story.tell("the platform reviews what is planned")
    planned.review()
    story.books.review()
    return True


def come(story: Story) -> bool:
    """The worker submits the plans whose day has come, charges them, and what a fallen one left uncharged."""
    names = {pk: name for name, pk in story.rows.items() if name[0] == "P"}
    due = [names[pk] for pk in planned.to_be_submitted(story.nature.now)]
    if sorted(due) != sorted(story.books.due_plans(story.nature.now.astimezone(HERE).date())):
        raise Difference(f"the plans whose day has come are {due}")
    for name in due:
        story.tell(f"the platform submits {name}")
        try:
            with story.nature.dying_after(story.fate(0.06)):
                planned.submit(story.rows[name])
        except Died:
            story.tell("  ... and died")
            continue
        story.books.submit(name, story.nature.now)
        if story.books.payments[name].state == "submitted" and story.dice.random() < 0.85:
            _charges(story, name)
    left = [names[pk] for pk in planned.left_uncharged(story.nature.now)]
    for name in left:
        _charges(story, name)
    return bool(due or left)


def _charges(story: Story, name: str) -> None:
    """What is saved is charged, maybe in vain; the provider may not hear, or not answer."""
    story.provider.declines = story.dice.random() < 0.15
    with story.mood() as mood:
        story.tell(f"{name} is charged; the provider is {mood}" + (" and declines" * story.provider.declines))
        paying.begin(story.row(name))
    story.provider.declines = False
    one = story.books.payments[name]
    if mood == "well":
        truth = story.provider.truth(story.rows[name])
        received = (truth.amount.minor, truth.amount.currency) if truth.amount else None
        story.books.hear(name, truth.status, received, story.nature.now)
        match_receipts(story, name)
    elif one.state == "submitted":
        one.state = "unknown"
