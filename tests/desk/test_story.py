"""The supplier's half of the story, by the front door: it appears, is taken, asked about, answered and credited."""

from eipp.kernel.money import Money
from eipp.ledger import balance
from eipp.ledger.models import CreditNote
from eipp.ledger.verify import verify
from messaging import conversation
from messaging.thread import messages_about
from tests.desk.disputes import disputed, units_of


def test_ar_takes_a_dispute_asks_and_accepts_two_of_three_units(world, settle):
    clara, dispute = world.client("clara"), disputed(world)
    settle()
    assert "Bent on arrival." in clara.get("/desk/").content.decode()

    here = f"/desk/?item=dispute-{dispute.pk}"
    assert "Bolt M8" in clara.get(here).content.decode()
    assert clara.post(here, {"move": "take"}).headers["Location"] == here
    dispute.refresh_from_db()
    assert (dispute.state, dispute.owner) == ("in_review", world.clara)
    assert "Bent on arrival." in clara.get("/desk/?kind=mine").content.decode()

    assert clara.post(here, {"move": "ask", "question": "Which batch?"}).status_code == 302
    dispute.refresh_from_db()
    assert dispute.state == "asked"
    assert messages_about(world.actor("anna"), dispute)[-1].body == "Which batch?"
    assert f"dispute-{dispute.pk}" not in clara.get("/desk/").content.decode()

    conversation.answer(world.actor("anna"), dispute, "Batch 24117.")
    assert f"dispute-{dispute.pk}" in clara.get("/desk/").content.decode()
    assert clara.post(here, {"move": "accept", **units_of(dispute, "2"), "amount": ""}).status_code == 302
    dispute.refresh_from_db()
    assert (dispute.state, dispute.accepted) == ("accepted", Money.parse("59.50", "EUR"))
    note = CreditNote.objects.get(dispute_id=dispute.pk)
    assert (note.payable, note.corrects_id) == (Money.parse("59.50", "EUR"), dispute.invoice_id)

    (summary,) = balance.summary(world.actor("anna"), on=note.issue_date)
    assert summary.open == Money.parse("238.00", "EUR")
    assert summary.payable.disputed == Money.zero("EUR")
    customer = clara.get(f"/desk/customers/{world.main.pk}/").content.decode()
    assert "238.00" in customer
    assert list(verify()) == []


def test_the_credit_is_told_before_anything_is_done(world):
    clara, dispute = world.client("clara"), disputed(world)
    url = f"/desk/disputes/{dispute.pk}/"
    page = clara.post(url, {"move": "preview", **units_of(dispute, "2"), "amount": ""})
    assert page.status_code == 200
    assert "A credit note over 59.50 EUR" in page.content.decode()
    wrong = clara.post(url, {"move": "preview", **units_of(dispute, "many"), "amount": ""})
    assert "Write a number of units" in wrong.content.decode()
    dispute.refresh_from_db()
    assert dispute.state == "opened"


def test_what_the_machine_refuses_stands_in_place_with_what_was_typed(world):
    clara, dispute = world.client("clara"), disputed(world)
    for here in (f"/desk/disputes/{dispute.pk}/", f"/desk/?item=dispute-{dispute.pk}"):
        page = clara.post(here, {"move": "accept", **units_of(dispute, "4"), "amount": ""})
        text = page.content.decode()
        assert page.status_code == 422
        assert "3 units are disputed at most" in text
        assert 'class="tried" id="accept"' in text
        assert 'value="4"' in text
        both = clara.post(here, {"move": "accept", **units_of(dispute, "2"), "amount": "10.00"})
        assert "Give units of lines or an amount, not both." in both.content.decode()
        empty = clara.post(here, {"move": "decline", "reason": " "})
        assert "Say why, so that the buyer can follow." in empty.content.decode()
        much = clara.post(here, {"move": "propose", "amount": "1000"})
        assert "can be credited on this dispute" in much.content.decode()
        assert 'value="1000"' in much.content.decode()
    dispute.refresh_from_db()
    assert dispute.state == "opened"


def test_an_amount_alone_is_credited_although_the_units_are_filled_in(world):
    clara, dispute = world.client("clara"), disputed(world)
    clara.post(f"/desk/disputes/{dispute.pk}/", {"move": "accept", **units_of(dispute, "3"), "amount": "20,00"})
    dispute.refresh_from_db()
    assert dispute.accepted == Money.parse("20.00", "EUR")


def test_a_proposal_waits_for_the_customer_and_a_refusal_says_why(world):
    clara = world.client("clara")
    offered, refused = disputed(world), disputed(world)
    clara.post(f"/desk/disputes/{offered.pk}/", {"move": "propose", "amount": "40.00"})
    clara.post(f"/desk/disputes/{refused.pk}/", {"move": "decline", "reason": "Signed for at gate 2."})
    offered.refresh_from_db()
    refused.refresh_from_db()
    assert (offered.state, offered.proposed) == ("proposed", Money.parse("40.00", "EUR"))
    assert (refused.state, refused.answer) == ("declined", "Signed for at gate 2.")


def test_who_has_no_right_to_disputes_sees_no_move_and_is_refused(world):
    silke, dispute = world.client("silke"), disputed(world)
    url = f"/desk/disputes/{dispute.pk}/"
    assert b'value="accept"' not in silke.get(url).content
    assert silke.post(url, {"move": "accept", **units_of(dispute, "3")}).status_code == 403
    dispute.refresh_from_db()
    assert dispute.state == "opened"
