"""What the programs of both sides do by the API: each call with a key of its own, again where the answer was lost, and
now and then with something else under the same key."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from eipp.api.idempotency import IdempotencyKey
from eipp.kernel.money import Money, decimals
from tests.simulation.nature import Died
from tests.simulation.papers import Invoice
from tests.simulation.story import Difference, Story

LEASE = 61  # seconds after which a request whose process died is done again
Body = dict[str, Any]


def posts(story: Story) -> bool:
    """The ERP posts an invoice."""
    name, account = story.name("I"), story.scene.accounts[story.dice.choice(sorted(story.scene.accounts))]
    today, amount = story.nature.now.date(), story.dice.randint(1, 40_000)
    due = today + timedelta(days=story.dice.randint(-20, 40))
    body = _document(story, name, account.number, account.currency, amount) | {"due_date": due.isoformat()}

    def then(told: Body) -> None:
        story.rows[name] = UUID(told["id"])
        story.books.invoices[name] = Invoice(account.number, account.currency, amount, due)

    _sends(story, f"the ERP's program posts {name}", "erp", "invoices", body, allowed=True, then=then)
    return True


def credits(story: Story) -> bool:
    """The ERP posts a credit note for an invoice."""
    invoice = story.one_of(story.books.invoices)
    if invoice is None:
        return False
    name, about = story.name("C"), story.books.invoices[invoice]
    amount = story.part(about.amount)
    if not story.books.may_credit(invoice, amount):
        return False
    body = _document(story, name, about.account, about.currency, amount) | {"invoice": story.row(invoice).number}

    def then(told: Body) -> None:
        story.rows[name] = UUID(told["id"])
        story.books.credit(name, invoice, amount)

    words = f"the ERP's program credits {amount} of {invoice} as {name}"
    _sends(story, words, "erp", "credit-notes", body, allowed=True, then=then)
    return True


def pays(story: Story) -> bool:
    """The buyer's program pays one or two invoices by card; the provider's page is opened in the same request."""
    chosen = [name for name in story.books.invoices if story.books.open(name) > 0]
    if not chosen:
        return False
    first = story.books.invoices[story.dice.choice(chosen)]
    same = [name for name in chosen if story.books.invoices[name].currency == first.currency]
    some = story.dice.sample(same, min(len(same), story.dice.choice((1, 1, 2))))
    shares = {name: story.part(story.books.free(name) or story.books.open(name)) for name in some}
    name = story.name("P")
    written = [{"invoice": str(story.rows[to]), "amount": Money(amount, first.currency).text}
               for to, amount in shares.items()]  # fmt: skip
    with story.mood() as mood:

        def then(told: Body) -> None:
            story.rows[name] = UUID(told["id"])
            story.books.pay(name, shares, story.nature.now, is_transfer=False)
            if mood != "well":
                story.books.payments[name].state = "unknown"
            if told["state"] != story.books.payments[name].state:
                raise Difference(f"the program is told that {name} is {told['state']}")

        _sends(story, f"the buyer's program pays {shares} as {name}; the provider is {mood}", "payer", "payments",
               {"invoices": written, "gateway": "simulated", "method": "card"},
               allowed=story.books.may_pay(shares), then=then)  # fmt: skip
    return True


def _sends(
    story: Story, words: str, who: str, path: str, body: Body, *, allowed: bool, then: Callable[[Body], None]
) -> None:
    """Send it until there is an answer, which both expect; repeated by its key, the answer is the same."""
    key = str(UUID(int=story.dice.getrandbits(128), version=4))
    story.tell(words)
    answer = _answer_of(story, who, path, body, key)
    if (answer.status_code < 300) != allowed:
        told = f"{words}: the books {'allow' if allowed else 'forbid'} it, and the answer is {answer.status_code}"
        raise Difference(f"{told} {answer.content.decode()}")
    if allowed:
        then(answer.json())
    if story.dice.random() < 0.35:
        story.tell("  ... the answer is lost, and it is sent again")
        again = _post(story, who, path, body, key)
        if (again.status_code, again.content) != (answer.status_code, answer.content):
            raise Difference(f"{words}: again by the same key, the answer is {again.content.decode()}")
    if story.dice.random() < 0.1:
        other = _post(story, who, path, body | {"invoices": []} if path == "payments" else body | {"note": "x"}, key)
        if (other.status_code, other.json()["code"]) != (422, "idempotency_key_reused"):
            raise Difference(f"{words}: something else by the same key, and the answer is {other.content.decode()}")
    if allowed and story.dice.random() < 0.1:
        story.tell("  ... the stored answer is lost too, and it is sent again")
        IdempotencyKey.objects.filter(key=key).delete()
        again = _post(story, who, path, body, key)
        if again.status_code >= 300 or again.json()["id"] != answer.json()["id"]:
            raise Difference(f"{words}: a second time, it is {again.content.decode()}")


def _answer_of(story: Story, who: str, path: str, body: Body, key: str) -> Any:
    """Whoever works on it may die: then it is in flight until the lease is over."""
    try:
        with story.nature.dying_after(story.fate(0.08)):
            return _post(story, who, path, body, key)
    except Died:
        story.tell("  ... and died")
        story.nature.rise()
    waits = _post(story, who, path, body, key)
    if (waits.status_code, waits.json().get("code")) != (409, "in_flight"):
        raise Difference(f"the process died, and at once the answer is {waits.content.decode()}")
    story.wait(seconds=LEASE)
    return _post(story, who, path, body, key)


def _post(story: Story, who: str, path: str, body: Body, key: str) -> Any:
    return story.scene.programs[who].post(f"/api/v1/{path}", body, content_type="application/json",
                                          headers={"Idempotency-Key": key})  # fmt: skip


def _document(story: Story, name: str, account: str, currency: str, amount: int) -> Body:
    price = f"{Decimal(amount).scaleb(-decimals(currency)):f}"
    number = f"{story.seed}-{name}"
    return {
        "external_id": number, "number": number, "account": account, "currency": currency,
        "issue_date": (story.nature.now.date() - timedelta(days=20)).isoformat(),
        "lines": [{"number": "1", "name": "Bolt M8", "quantity": "1", "unit_price": price, "tax_rate": "0"}],
    }  # fmt: skip
