"""Quarantine: what cannot be presented is kept with every reason, until it is mended, released or replaced."""

import pytest

from documents.einvoice.fault import Fault
from documents.einvoice.parts import Party
from eipp.accounts.models import CustomerAccount
from eipp.ledger.models import Invoice
from tests.workflows.arriving import bill, changed, means, of_main, of_nobody, rules, send, sent_as_file
from tests.workflows.doing import assert_sound, refused, told
from tests.world import World
from workflows import approval
from workflows.presentment import Presentment
from workflows.receiving import judge


def test_a_document_for_nobody_is_kept_until_somebody_says_whose_it_is(world: World) -> None:
    row = send(world, of_nobody(bill(world)), account_number="").presentment
    assert (row.state, rules(row), Invoice.objects.count()) == ("quarantined", {"EIPP-BUYER-UNKNOWN"}, 0)
    assert not Presentment.objects.visible_to(world.actor("anna")).exists()
    row.release(world.actor("clara"), account=world.main)
    assert (row.state, row.invoice.account_id, rules(row)) == ("presented", world.main.pk, set())
    assert told(row) == ["invoice.received", "invoice.quarantined", "invoice.released"]
    assert approval.active_run(row.invoice)
    assert_sound()


def test_the_same_file_sent_again_with_its_account_is_presented(world: World) -> None:
    document = of_nobody(bill(world))
    first = send(world, document, account_number="").presentment
    assert send(world, document, account_number="").outcome == "repeated"
    again = send(world, document)
    first.refresh_from_db()
    assert (again.presentment.state, again.presentment.version, first.state) == ("presented", 2, "superseded")
    assert send(world, document).outcome == "repeated"
    assert_sound()


def test_several_candidates_are_named_and_a_person_chooses(world: World) -> None:
    both = Party(name="B", vat_id="CHE-109.322.551", endpoint="buyer@info.de", endpoint_scheme="EM")
    row = send(world, changed(bill(world), buyer=both), account_number="").presentment
    assert rules(row) == {"EIPP-BUYER-AMBIGUOUS"}
    assert set(row.candidates) == {str(world.main.pk), str(world.elsewhere_account.pk)}
    row.release(world.actor("clara"), account=world.main)
    assert row.state == "presented"


def test_an_account_of_another_supplier_cannot_be_chosen(world: World) -> None:
    row = send(world, of_nobody(bill(world)), account_number="").presentment
    with pytest.raises(CustomerAccount.DoesNotExist):
        row.release(world.actor("clara"), account=world.pacific_usd)
    row.refresh_from_db()
    assert row.state == "quarantined"


def test_an_unverified_bank_account_is_held_back_and_nobody_can_release_it(world: World) -> None:
    row = send(world, changed(bill(world), payment_means=means("GB33BUKB20201555555555"))).presentment
    assert (row.state, rules(row)) == ("quarantined", {"EIPP-BANK-ACCOUNT"})
    for who in ("clara", "mona"):
        with refused("faulty_document", 409):
            row.release(world.actor(who), account=world.main)
    assert not Invoice.objects.exists()


def test_an_unknown_buyer_does_not_hide_an_unverified_bank_account(world: World) -> None:
    bait = changed(of_nobody(bill(world)), payment_means=means("GB33BUKB20201555555555"))
    row = send(world, bait, account_number="").presentment
    assert rules(row) == {"EIPP-BUYER-UNKNOWN", "EIPP-BANK-ACCOUNT"}
    with refused("faulty_document", 409):
        row.release(world.actor("clara"), account=world.main)


def test_a_bank_account_that_is_verified_no_more_is_noticed_when_it_is_released(world: World) -> None:
    row = send(world, of_nobody(bill(world)), account_number="").presentment
    entity = world.main.legal_entity
    entity.bank_accounts = []
    entity.save()
    with refused("faulty_document", 409):
        row.release(world.actor("clara"), account=world.main)


def test_the_corrected_file_takes_the_faulty_ones_place(world: World) -> None:
    faulty = send(world, changed(bill(world), payment_means=means("GB33BUKB20201555555555"))).presentment
    mended = send(world, bill(world))
    faulty.refresh_from_db()
    assert (mended.outcome, faulty.state, mended.presentment.state) == ("revised", "superseded", "presented")
    assert Invoice.objects.get().version == 1
    assert_sound()


def test_a_file_waits_for_its_verdict(world: World) -> None:
    row = sent_as_file(world, of_main(bill(world)))
    assert (row.state, Invoice.objects.count()) == ("received", 0)
    judge(row, [])
    row.refresh_from_db()
    assert (row.state, row.judged_at is not None) == ("presented", True)
    assert_sound()


def test_a_faulty_file_keeps_every_reason(world: World) -> None:
    row = sent_as_file(world, of_main(bill(world)))
    judge(row, [Fault("BR-01", "One."), Fault("BR-02", "Two.")])
    assert (row.state, rules(row)) == ("quarantined", {"BR-01", "BR-02"})
    with refused("faulty_document", 409):
        row.release(world.actor("clara"), account=world.main)
    assert_sound()


def test_nothing_is_released_before_the_verdict(world: World) -> None:
    row = sent_as_file(world, of_nobody(bill(world)))
    with refused("not_judged_yet", 409):
        row.release(world.actor("clara"), account=world.main)
    assert "release" not in {move.name for move in row.moves(world.actor("clara"))}
    judge(row, [])
    row.release(world.actor("clara"), account=world.main)
    assert row.state == "presented"


def test_a_number_taken_before_the_verdict_becomes_a_reason(world: World) -> None:
    row = sent_as_file(world, of_main(bill(world)), external_id="ERP-2")
    send(world, bill(world), external_id="ERP-1")
    judge(row, [])
    assert (row.state, rules(row)) == ("quarantined", {"EIPP-NUMBER-TAKEN"})
    assert_sound()


def test_a_clerk_releases_the_next_version_too(world: World) -> None:
    first = send(world, bill(world)).presentment
    second = send(world, changed(of_nobody(bill(world)), buyer_reference="new"), account_number="").presentment
    second.release(world.actor("clara"), account=world.main)
    first.refresh_from_db()
    assert (first.state, second.state, second.invoice_id) == ("superseded", "presented", first.invoice_id)
    assert_sound()
