"""On the invoice's page AR credits, writes off and raises; above a limit a second person decides in the queue."""

from tests.world import World
from workflows.authority import AuthorityRequest
from workflows.credit_request import CreditRequest


def test_ar_credits_writes_off_and_raises_an_invoice_and_a_second_person_decides(world: World) -> None:
    invoice = world.invoice("100.00", account="tiny_account")
    here = f"/desk/invoices/{invoice.pk}/"
    clara, mona, silke = (world.client(word) for word in ("clara", "mona", "silke"))
    shown = clara.get(here).content.decode()
    assert 'id="credit"' in shown and 'id="write_off"' in shown and 'id="debit"' not in shown
    refused = clara.post(here, {"move": "credit", "amount": "100.01", "reason": "too dear"})
    assert refused.status_code == 422
    assert 'class="tried" id="credit"' in refused.content.decode() and "100.01" in refused.content.decode()
    assert clara.post(here, {"move": "credit", "amount": "10,00", "reason": "Too dear"}).status_code == 302
    note = invoice.credit_notes.get()
    for client, base in ((clara, "/desk"), (world.client("tom"), "")):
        page = client.get(f"{base}/credit-notes/{note.pk}/")
        assert page.status_code == 200 and note.number in page.content.decode()
    assert clara.post(here, {"move": "write_off", "amount": "2.00", "reason": "Cents"}, follow=True).status_code == 200
    request = AuthorityRequest.objects.get()
    queue = mona.get("/desk/?kind=authority").content.decode()
    assert invoice.number in queue and "Second person" in queue
    assert f"authority-{request.pk}" not in clara.get("/desk/?kind=authority").content.decode()
    url = f"/desk/disputes/second-person/{request.pk}/"
    assert clara.post(url, {"move": "grant"}).status_code == 403
    assert mona.post(url, {"move": "grant"}).status_code == 302
    invoice.refresh_from_db()
    assert (invoice.open.text, invoice.written_off.text) == ("88.00", "2.00")
    assert mona.post(here, {"move": "ask_again", "amount": "2.00", "reason": "They pay"}).status_code == 302
    raised = mona.post(here, {"move": "debit", "amount": "5", "tax_rate": "19", "reason": "More"}, follow=True)
    assert "Debit note DN-" in raised.content.decode()
    limits = "/desk/team/authority/?currency=EUR"
    assert mona.post(limits, {"move": "set", "kind": "write_off"}).status_code == 403
    kept = {"ar_clerk-alone": "2.50", "ar_clerk-second": "2.50", "ar_manager-alone": "10"}
    assert silke.post(limits, {"move": "set", "kind": "write_off", **kept}).status_code == 302
    assert clara.post(here, {"move": "write_off", "amount": "2.50", "reason": "Cents"}).status_code == 302
    assert AuthorityRequest.objects.count() == 1
    wrong = silke.post(limits, {"move": "set", "kind": "credit", **kept, "ar_clerk-second": "1"})
    assert wrong.status_code == 422 and "may grant" in wrong.content.decode()


def test_where_the_erp_issues_credit_both_sides_see_that_it_is_on_its_way(world: World) -> None:
    silke, mona, tom = (world.client(word) for word in ("silke", "mona", "tom"))
    entity = world.main.legal_entity
    chosen = {"move": "issuer", "entity": str(entity.pk), "credit_notes_by": "erp"}
    assert silke.post("/desk/team/authority/", chosen).status_code == 302
    invoice = world.invoice("100.00", account="tiny_account")
    said = {"move": "credit", "amount": "10.00", "reason": "Too dear"}
    assert mona.post(f"/desk/invoices/{invoice.pk}/", said).status_code == 302
    request = CreditRequest.objects.get()
    for page in (mona.get(f"/desk/invoices/{invoice.pk}/"), tom.get(f"/invoices/{invoice.pk}/")):
        assert "credit on its way" in page.content.decode()
    assert request.number in mona.get("/desk/disputes/credit-requests/").content.decode()
    url = f"/desk/disputes/credit-requests/{request.pk}/"
    assert str(request.pk) in mona.get(url).content.decode()
    assert mona.post(url, {"move": "cancel", "reason": ""}).status_code == 422
    assert mona.post(url, {"move": "cancel", "reason": "Wrong one"}).status_code == 302
    assert "credit on its way" not in tom.get(f"/invoices/{invoice.pk}/").content.decode()


def test_credit_is_used_for_invoices_of_choice_and_undone(world: World) -> None:
    first, second = (world.invoice("100.00", account="tiny_account") for _ in range(2))
    mona = world.client("mona")
    mona.post(f"/desk/invoices/{first.pk}/", {"move": "credit", "amount": "60.00", "reason": "Too dear"})
    note = first.credit_notes.get()
    url, line = f"/desk/credit-notes/{note.pk}/", note.applications.get()
    assert mona.post(url, {"move": "undo", "application": str(line.pk)}).status_code == 302
    note.refresh_from_db()
    assert note.open.text == "60.00"
    much = mona.post(url, {"move": "apply", "invoice": str(second.pk), f"amount-{second.pk}": "60.01"})
    assert much.status_code == 409
    both = {"move": "apply", "invoice": [str(first.pk), str(second.pk)], f"amount-{first.pk}": "20.00",
            f"amount-{second.pk}": "40.00"}  # fmt: skip
    assert mona.post(url, both).status_code == 302
    for invoice, left in ((first, "80.00"), (second, "60.00")):
        invoice.refresh_from_db()
        assert invoice.open.text == left
