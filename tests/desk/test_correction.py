"""A faulty document: its faults in plain words, its sender asked for a corrected file, the file that replaces it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import LazySettings

from documents.einvoice.explanation import FAMILIES, OTHERWISE, RULES, explained, is_official_text
from documents.einvoice.fault import Fault
from documents.einvoice.parts import Contact, Party
from documents.upload import store_bytes
from eipp.accounts.models import AccountIdentifier
from messaging.correction import CorrectionRequest
from messaging.mail_delivery import deliver_mail
from messaging.outgoing_mail import OutgoingMail
from tests.messaging.sink import Sink, running_sink
from tests.workflows.arriving import bill, changed, of_nobody, send
from tests.workflows.doing import told
from tests.world import World
from workflows.presentment import Presentment

OFFICIAL = "An Invoice shall have an Invoice number (BT-1)."
FAULTS = [Fault("BR-02", OFFICIAL, "/Invoice/cbc:ID"), Fault("BR-CO-10", "The lines add up to 70.00, not 71.00.", "x")]


@pytest.fixture
def sink(settings: LazySettings) -> Iterator[Sink]:
    with running_sink(settings) as running:
        yield running


def faulty(world: World, number: str = "RE-9", **facts: str) -> Presentment:
    row = send(world, bill(world, number), faults=FAULTS, **facts).presentment
    assert row.state == "quarantined"
    return row


def ask(world: World, row: Presentment, who: str = "clara", **typed: str) -> Any:
    form = {"move": "ask", "email": "erp@nordwind.example", "text": "Please mend it.", **typed}
    return world.client(who).post(f"/desk/documents/{row.pk}/", form)


def test_each_fault_is_told_in_plain_words_with_the_official_text_behind(world: World) -> None:
    row = faulty(world)
    page = world.client("clara").get(f"/desk/documents/{row.pk}/").content.decode()
    for text in ("It has no invoice number.", OFFICIAL, "The lines do not add up", "The lines add up to 70.00"):
        assert text in page
    assert page.index("It has no invoice number.") < page.index(OFFICIAL)
    assert "It has no invoice number." in world.client("clara").get("/desk/documents/").content.decode()


def test_every_rule_we_find_ourselves_has_a_sentence_of_its_own() -> None:
    for rule in (
        "BR-S-08",
        "BR-AE-02",
        "BR-DEC-12",
        "BR-CL-99",
        "BR-DE-15",
        "PEPPOL-EN16931-R010",
        "BR-33",
        "EIPP-DOCTYPE",
    ):
        assert explained(rule) != OTHERWISE, rule
    assert explained("BR-999") == OTHERWISE
    sentences = [*RULES.values(), *(sentence for _, sentence in FAMILIES), OTHERWISE]
    assert all(sentence.endswith(".") and sentence[0].isupper() for sentence in sentences)
    assert is_official_text("BR-02", OFFICIAL) and not is_official_text("BR-CO-10", FAULTS[1].message)


def test_the_sender_is_asked_for_a_corrected_file(world: World, sink: Sink) -> None:
    row = faulty(world)
    clara = world.client("clara")
    page = clara.get(f"/desk/documents/{row.pk}/").content.decode()
    assert "ar@nordwind.example" in page
    assert "- It has no invoice number. (rule BR-02)" in page
    assert "- The lines do not add up to the sum of lines. The lines add up to 70.00" in page
    assert ask(world, row, text="Hello,\r\n\r\nthe sums are wrong.").status_code == 302
    deliver_mail()
    (mail,) = sink.read()
    assert mail["To"] == "erp@nordwind.example" and mail["Subject"] == "Please correct invoice RE-9"
    assert mail["Reply-To"] == "ar@nordwind.example"
    assert "the sums are wrong." in mail.get_body(("plain",)).get_content()
    assert told(row) == ["invoice.received", "invoice.quarantined", "invoice.correction_asked"]
    page = clara.get(f"/desk/documents/{row.pk}/").content.decode()
    assert "You asked erp@nordwind.example for a corrected file of document RE-9." in page
    assert "Sent" in page
    assert 'value="erp@nordwind.example"' in page  # whom one asked last is whom one asks again
    row.refresh_from_db()
    assert row.read() == bill(world, "RE-9")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"email": "a@b.example\nBcc: all@example.com"}, "is one line"),
        ({"email": "a@b.example, c@d.example"}, "Write one address"),
        ({"text": " "}, "Write what is to be corrected"),
    ],
)
def test_what_cannot_be_sent_is_refused_where_it_was_typed(world: World, typed: dict[str, str], sentence: str) -> None:
    row = faulty(world)
    answer = ask(world, row, **typed)
    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert not OutgoingMail.objects.exists() and not CorrectionRequest.objects.exists()


def test_only_who_works_on_it_may_ask(world: World) -> None:
    row = faulty(world)
    assert ask(world, row, "silke").status_code == 403
    for stranger in ("anna", "paula", "sina"):
        assert ask(world, row, stranger).status_code == 404
    assert not OutgoingMail.objects.exists()


def test_the_address_in_the_document_is_offered(world: World) -> None:
    seller = Party(name="Nordwind", vat_id="DE284517903", contact=Contact(email="billing@nordwind.example"))
    row = send(world, changed(bill(world), seller=seller), faults=FAULTS).presentment
    page = world.client("clara").get(f"/desk/documents/{row.pk}/").content.decode()
    assert 'value="billing@nordwind.example"' in page and 'value="ar@nordwind.example"' in page


@pytest.mark.parametrize("again", [{"external_id": "ERP-1"}, {"external_id": "ERP-2"}])
def test_a_corrected_file_takes_the_place_by_its_id_or_its_number(
    world: World, settle: Callable[[], None], again: dict[str, str]
) -> None:
    held = faulty(world)
    right = send(world, bill(world, "RE-9", price="99.00"), **again).presentment
    held.refresh_from_db()
    assert (held.state, right.state, right.mends_id) == ("superseded", "presented", held.pk)
    clara = world.client("clara")
    assert f"/desk/documents/{right.pk}/" in clara.get(f"/desk/documents/{held.pk}/").content.decode()
    assert f"/desk/documents/{held.pk}/" in clara.get(f"/desk/documents/{right.pk}/").content.decode()
    assert ask(world, held).status_code == 409
    settle()
    assert world.client("anna").get(f"/invoices/{right.invoice_id}/").status_code == 200


def test_another_sellers_same_number_takes_nobodys_place(world: World) -> None:
    held = faulty(world)
    other = changed(bill(world, "RE-9"), seller=Party(name="Another", vat_id="DE000000000"))
    send(world, other, external_id="ERP-2", faults=FAULTS)
    held.refresh_from_db()
    assert held.state == "quarantined"


def test_a_document_without_a_number_has_a_sensible_name(world: World) -> None:
    original = store_bytes(world.erp("nordwind"), b"<x/>", name="scan.xml")
    row = send(
        world, changed(bill(world), number=None), external_id="", faults=FAULTS, original_id=original.pk
    ).presentment
    assert str(row) == "without a number from Nordwind Handels GmbH"
    clara = world.client("clara")
    for page in ("/desk/", "/desk/documents/", f"/desk/documents/{row.pk}/"):
        text = clara.get(page).content.decode()
        assert "without a number from Nordwind" in text and original.pk.hex not in text, page


def test_a_customer_is_known_again_by_what_the_document_says(world: World) -> None:
    buyer = Party(name="Unheard Of", endpoint="new@unheard.example", endpoint_scheme="EM", legal_id="HRB 77")
    unheard = changed(of_nobody(bill(world)), buyer=buyer)
    row = send(world, unheard, account_number="").presentment
    clara, url = world.client("clara"), f"/desk/documents/{row.pk}/"
    page = clara.get(url, {"find": "bright"}).content.decode()
    assert "new@unheard.example" in page and "HRB 77" in page
    form = {"move": "release", "account": str(world.main.pk), "remember": ["endpoint"]}
    assert clara.post(url, form).status_code == 302
    marks = AccountIdentifier.objects.filter(account=world.main, value="new@unheard.example")
    assert marks.exists() and not AccountIdentifier.objects.filter(value="HRB 77").exists()
    again = send(world, changed(unheard, number="4712"), account_number="", external_id="ERP-2").presentment
    assert (again.state, again.account_id) == ("presented", world.main.pk)


def test_a_mark_that_another_account_has_is_not_offered(world: World) -> None:
    buyer = Party(name="B", vat_id="CHE-109.322.551", endpoint="buyer@info.de", endpoint_scheme="EM")
    row = send(world, changed(bill(world), buyer=buyer), account_number="").presentment
    assert 'name="remember"' not in world.client("clara").get(f"/desk/documents/{row.pk}/").content.decode()
    row.release(world.actor("clara"), account=world.tiny_account, remember=["vat", "endpoint"])
    assert not AccountIdentifier.objects.filter(account=world.tiny_account, kind="vat").exists()


def test_the_buyer_sees_nothing_before_the_release(world: World) -> None:
    row = faulty(world, "RE-SECRET")
    ask(world, row)
    anna = world.client("anna")
    for page in ("/", "/invoices/", "/notifications/", "/search/?q=RE-SECRET"):
        assert "RE-SECRET" not in anna.get(page).content.decode().replace("q=RE-SECRET", "").replace(
            'value="RE-SECRET"', ""
        ).replace("“RE-SECRET”", ""), page
