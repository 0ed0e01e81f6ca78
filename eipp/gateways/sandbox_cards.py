"""The sandbox provider's test cards: what each does on the page, when charged off-session, and when refunded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eipp.gateways.sandbox_accounts import Turn


@dataclass(frozen=True, slots=True)
class TestCard:
    """number: as it is typed; outcome: in words for the provider's page.

    failure: declined so on the page; kept_failure: declined so when charged off-session, though it was accepted when
    it was given; is_challenged: its bank asks the owner first; turns: what becomes of the money later; refund: what
    becomes of a refund (`pending` or `failed`, each on the next bank day).
    """

    number: str
    outcome: str
    failure: str = ""
    kept_failure: str = ""
    is_challenged: bool = False
    turns: Sequence[Turn] = ()
    refund: str = "succeeded"


TEST_CARDS = (
    TestCard("4242 4242 4242 4242", "accepted"),
    TestCard("4000 0000 0000 3220", "the bank asks you first (3-D Secure)", kept_failure="authentication_required",
             is_challenged=True),
    TestCard("4000 0000 0000 0002", "declined by the bank", failure="card_declined"),
    TestCard("4000 0000 0000 9995", "not enough money", failure="insufficient_funds"),
    TestCard("4000 0000 0000 0069", "expired", failure="expired_card"),
    TestCard("4000 0000 0000 9987", "reported lost", failure="lost_card"),
    TestCard("4000 0000 0000 9979", "reported stolen", failure="stolen_card"),
    TestCard("4000 0000 0000 0119", "an error at the bank", failure="processing_error"),
    TestCard("4100 0000 0000 0019", "taken for fraud", failure="fraud_suspected"),
    TestCard("4000 0000 0000 0341", "can be kept, but is declined when it is charged later",
             kept_failure="card_declined"),
    TestCard("4000 0000 0000 0259", "accepted, charged back 3 bank days later",
             turns=(Turn(3, "charged_back", "not_authorised"),)),
    TestCard("4000 0000 0000 2685", "accepted, charged back 3 bank days later as not delivered",
             turns=(Turn(3, "charged_back", "not_delivered"),)),
    TestCard("4000 0000 0000 7726", "accepted; a refund takes a bank day", refund="pending"),
    TestCard("4000 0000 0000 5126", "accepted; a refund fails after a bank day", refund="failed"),
)  # fmt: skip
_CARDS: Mapping[str, TestCard] = {card.number[-4:]: card for card in TEST_CARDS}
_UNKNOWN = TestCard("", "declined", failure="card_declined")


def card_ending(last_digits: str) -> TestCard:
    """The test card with these last four digits; one that nobody knows is declined."""
    return _CARDS.get(last_digits, _UNKNOWN)
