"""Stripe's adapter against documents written after Stripe's API reference: what localstripe does not know."""

import json
from datetime import date
from uuid import uuid4

import pytest

from eipp.accounts.models import LegalEntity
from eipp.gateways import failures
from eipp.gateways.evidence import Evidence, EvidenceFile
from eipp.gateways.gateway import (
    Gateway,
    Means,
    NoAnswer,
    Setup,
    UnknownCallback,
)
from eipp.gateways.models import StripeReference
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from tests.gateways.contract import HOME
from tests.gateways.stripe_doing import (
    an_event,
    an_intent,
    disputed,
    signed,
)
from tests.servers.stripe_stand_in import DOCUMENTS, StandIn

# --- by documents: disputes, debits, small amounts, refusals, books, webhooks


@pytest.mark.parametrize(
    ("status", "reason", "expected"),
    [
        ("needs_response", "product_not_received", ("charged_back", "not_delivered")),
        ("lost", "fraudulent", ("charged_back", "not_authorised")),
        ("won", "fraudulent", ("succeeded", "")),
        ("warning_needs_response", "general", ("succeeded", "")),
    ],
    ids=["to be answered", "lost", "won", "a question"],
)
def test_by_document_a_dispute_is_a_charge_back_until_it_is_won(
    provider: Gateway, stand_in: StandIn, status: str, reason: str, expected: tuple[str, str]
) -> None:
    intent = disputed(provider, stand_in, status=status, reason=reason)
    look = provider.look(intent.reference)
    assert (look.status, look.failure, look.means) == (*expected, "card ending 0259")


def test_by_document_a_charge_back_is_answered_once_with_text_and_files(provider: Gateway, stand_in: StandIn) -> None:
    intent = disputed(provider, stand_in, status="needs_response", reason="product_not_received")
    stand_in.lay_down("POST /v1/files", "file")
    stand_in.lay_down("POST /v1/disputes/dp_1", "dispute", reason="", **{"status": "under_review"})
    provider.contest(
        intent.reference, Evidence("It was delivered.", [EvidenceFile("proof.pdf", "application/pdf", b"%PDF")])
    )
    sent = next(call[1] for call in stand_in.calls if call[0] == "POST /v1/disputes/dp_1")
    assert (sent["evidence[uncategorized_text]"], sent["evidence[service_documentation]"], sent["submit"]) == (
        "It was delivered.", "file_1", "true")  # fmt: skip
    stand_in.lay_down("GET /v1/disputes", "disputes", reason="product_not_received", status="under_review")
    before = len(stand_in.calls)
    provider.contest(intent.reference, Evidence("Again."))
    assert "POST /v1/disputes/dp_1" not in [call[0] for call in stand_in.calls[before:]]


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        ("processing", "", ("pending", "")),
        ("requires_payment_method", "insufficient_funds", ("returned", "R01")),
        ("requires_payment_method", "account_closed", ("returned", "R02")),
        ("requires_payment_method", "debit_not_authorized", ("returned", "R10")),
        ("requires_payment_method", "something_new", ("returned", "R03")),
    ],
    ids=["on its way", "no money", "closed", "not authorised", "unheard of"],
)
def test_by_document_an_ach_debit_is_pending_and_comes_back_by_its_nacha_code(
    provider: Gateway, stand_in: StandIn, status: str, code: str, expected: tuple[str, str]
) -> None:
    intent = an_intent(Money(12_345, "USD"), method="bank_debit")
    session = provider.open_checkout(intent).gateway_reference
    sent = next(call[1] for call in stand_in.calls if call[0] == "POST /v1/checkout/sessions")
    assert sent["payment_method_types[0]"] == "us_bank_account"
    words = {"status": status, "charge_status": "failed", "failure_code": code, "reference": str(intent.reference)}
    called = f"GET /v1/checkout/sessions/{session}"
    stand_in.lay_down(called, "checkout_session_us_bank_account", session=session, **words)
    look = provider.look(intent.reference)
    assert (look.status, look.failure, look.amount, look.means) == (
        *expected, Money(12_345, "USD"), "bank account ending 6789")  # fmt: skip
    assert failures.failure(look.failure).stops_method is (expected[1] in ("R02", "R03", "R10"))


def test_by_document_an_account_is_verified_by_two_small_amounts(provider: Gateway, stand_in: StandIn) -> None:
    reference = uuid4()
    session = provider.open_setup(
        Setup(reference, "bank_debit", "Little Tea Ltd", "Nordwind Handels GmbH", HOME, HOME)
    ).gateway_reference

    def becomes(status: str) -> None:
        stand_in.lay_down(f"GET /v1/checkout/sessions/{session}", "checkout_session_setup", status=status,
                          session=session, reference=str(reference))  # fmt: skip

    call = "POST /v1/setup_intents/seti_1/verify_microdeposits"
    becomes("requires_action")
    assert provider.look_setup(reference) == Means("verifying", "", "bank account ending 6789", "6789")
    for code, expected in (
        ("payment_method_microdeposit_verification_amounts_mismatch", ("verifying", "wrong_amounts")),
        ("payment_method_microdeposit_verification_attempts_exceeded", ("failed", "verification_failed")),
    ):
        stand_in.lay_down(call, "error", http=400, code=code, param="amounts")
        means = provider.verify(reference, [1, 2])
        assert (means.status, means.failure) == expected
    stand_in.lay_down(call, "setup_intent")
    becomes("succeeded")
    assert provider.look_setup(reference).token == "pm_1/cus_1"
    assert provider.verify(reference, [32, 45]).status == "saved"


@pytest.mark.parametrize(
    ("code", "decline_code", "failure"),
    [
        ("card_declined", "lost_card", "lost_card"),
        ("expired_card", "", "expired_card"),
        ("new", "new", "card_declined"),
    ],
    ids=["lost", "expired", "unheard of"],
)
def test_by_document_a_decline_has_its_reason_and_its_intent_is_closed(
    provider: Gateway, stand_in: StandIn, code: str, decline_code: str, failure: str
) -> None:
    stand_in.lay_down("POST /v1/payment_intents", "card_error", http=402, code=code, decline_code=decline_code)
    look = provider.charge(an_intent(), "pm_1/cus_1")
    assert (look.status, look.failure) == ("failed", failure)
    assert "POST /v1/payment_intents/pi_9/cancel" in [call[0] for call in stand_in.calls]


def test_by_document_what_stripe_does_not_take_is_refused_and_failed(provider: Gateway, stand_in: StandIn) -> None:
    intent = an_intent(Money(1, "EUR"))
    stand_in.lay_down("POST /v1/checkout/sessions", "error", http=400, code="amount_too_small", param="amount")
    with pytest.raises(Refusal) as refused:
        provider.open_checkout(intent)
    look = provider.look(intent.reference)
    assert (refused.value.code, look.status, look.failure) == ("provider_refused", "failed", "provider_refused")


@pytest.mark.parametrize(
    ("status", "code"), [(401, ""), (403, ""), (429, "rate_limit"), (500, ""), (409, "lock_timeout")]
)
def test_by_document_what_is_no_answer_to_rely_on_is_asked_again(
    provider: Gateway, stand_in: StandIn, status: int, code: str
) -> None:
    stand_in.lay_down("POST /v1/payment_intents", "error", http=status, code=code, param="")
    with pytest.raises(NoAnswer):
        provider.charge(an_intent(), "pm_1/cus_1")


def test_by_document_the_books_of_a_day_tell_what_is_ours(
    provider: Gateway, stand_in: StandIn, payee: LegalEntity
) -> None:
    payment, refund = uuid4(), uuid4()
    StripeReference.objects.create(
        reference=payment, legal_entity=payee, kind="charge", intent_id="pi_1", asked_at="2026-01-02T00:00:00Z"
    )
    words = {"reference": str(payment), "refund": str(refund), "reason": "fraudulent"}
    stand_in.lay_down("GET /v1/balance_transactions", "balance_transactions", **words)
    lines = [(line.kind, line.reference, line.amount.minor, line.amount.currency, line.on)
             for line in provider.transactions(date(2026, 1, 2))]  # fmt: skip
    on = date(2026, 1, 2)
    assert lines == [
        ("charge", payment, 12_345, "EUR", on), ("refund", refund, -45, "EUR", on),
        ("chargeback", payment, -12_345, "EUR", on), ("chargeback", payment, 12_345, "EUR", on),
        ("return", payment, -12_345, "USD", on),
    ]  # fmt: skip


def test_by_document_a_webhook_names_payment_setup_or_refund(provider: Gateway, payee: LegalEntity) -> None:
    reference = uuid4()
    for kind, about in (
        ("payment", {"object": "payment_intent"}), ("refund", {"object": "refund"}),
        ("setup", {"object": "setup_intent"}), ("setup", {"object": "checkout.session", "mode": "setup"}),
        ("payment", {"object": "checkout.session"}),
    ):  # fmt: skip
        reported = provider.read_callback(*signed(an_event(reference=reference, **about)))
        assert (reported.kind, reported.reference, reported.event_id) == (kind, reference, "evt_1")
    StripeReference.objects.create(
        reference=reference, legal_entity=payee, kind="charge", intent_id="pi_1", asked_at="2026-01-02T00:00:00Z"
    )
    about_a_dispute = an_event(reference="", object="dispute", intent="pi_1")
    assert provider.read_callback(*signed(about_a_dispute)).reference == reference
    for unknown in (
        an_event(reference=""),
        an_event(reference="x"),
        b"[]",
        b"{",
        an_event(reference=reference).replace(b"false", b"true"),
    ):
        with pytest.raises(UnknownCallback):
            provider.read_callback(*signed(unknown))


def test_every_document_says_where_it_is_from() -> None:
    documents = list(DOCUMENTS.glob("*.json"))
    assert documents
    assert all(json.loads(path.read_text())["origin"] for path in documents)
