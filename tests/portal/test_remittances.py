"""Sending a remittance advice on its page: by a file with or without scripts, or by pasting numbers and amounts."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from documents.remittance_advice import RemittanceLine
from eipp.kernel import clock
from workflows import jobs
from workflows.models import RemittanceAdvice
from workflows.remittance_arrival import send_lines

NEW = "/payments/remittances/new/"


def upload(client, world, content, name="advice.csv", **more):
    told = {"move": "upload", "account": str(world.main.pk), "files": SimpleUploadedFile(name, content), **more}
    return client.post(NEW, told)


def test_a_file_that_a_form_brings_is_read_and_shown_to_both_sides(world):
    invoice, anna, clara = world.invoice("100.00"), world.client("anna"), world.client("clara")
    answer = upload(anna, world, f"Invoice;Amount\n{invoice.number};98.00\nNO-1;2.00\n".encode())
    assert answer.status_code == 302
    assert "Being checked" in anna.get(answer["Location"]).content.decode()
    jobs.read_remittances()
    advice = RemittanceAdvice.objects.get()
    for client, face in ((anna, "portal"), (clara, "desk")):
        page = client.get(reverse(f"{face}:remittance", args=[advice.pk])).content.decode()
        assert "1 of 2 lines found" in page and "No invoice or credit note has the number NO-1" in page
        assert reverse(f"{face}:invoice", args=[invoice.pk]) in page and "advice.csv" in page
        assert advice.number in client.get(reverse(f"{face}:remittances")).content.decode()


def test_what_is_typed_stands_at_once_and_twice_is_once(world):
    invoice, anna = world.invoice("100.00"), world.client("anna")
    told = {"move": "fill_in", "account": str(world.main.pk), "lines": f"{invoice.number} 40,00\n", "reference": "BW-1",
            "paid_on": "2026-11-30", "amount": "40.00", "attempt": "0199d0a0-0000-7000-8000-000000000001"}  # fmt: skip
    pages = {anna.post(NEW, told)["Location"] for _ in range(2)}
    advice = RemittanceAdvice.objects.get()
    assert pages == {reverse("portal:remittance", args=[advice.pk])}
    assert (advice.sum.text, advice.reference, advice.matched_count) == ("40.00", "BW-1", 1)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"lines": "hello"}, "no document&#x27;s number"),
        ({"lines": ""}, "Name at least one invoice"), ({"account": ""}, "Choose the account"),
        ({"account": "theirs"}, "Choose the account"), ({"paid_on": "30.11.2026"}, "Write the day as"),
        ({"amount": "x"}, "is not an amount in EUR"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_said_and_nothing_typed_is_lost(world, changed, sentence):
    told = {"move": "fill_in", "account": str(world.main.pk), "lines": "RE-1 40.00", "reference": "kept"} | changed
    if changed.get("account") == "theirs":
        told["account"] = str(world.accounts["elsewhere_account"].pk)
    answer = world.client("anna").post(NEW, told)
    assert answer.status_code == 422
    assert sentence in answer.content.decode() and 'value="kept"' in answer.content.decode()
    assert not RemittanceAdvice.objects.exists()


def test_a_disguised_program_is_refused_and_nothing_is_sent(world):
    answer = upload(world.client("anna"), world, b"MZ\x90\0" + bytes(200), name="advice.pdf")
    assert answer.status_code == 422 and "not accepted" in answer.content.decode()
    assert not RemittanceAdvice.objects.exists()


def test_the_id_of_no_file_is_no_file(world):
    told = {"move": "upload", "account": str(world.main.pk), "files_ids": "x" * 36}
    answer = world.client("anna").post(NEW, told)
    assert answer.status_code == 422 and "Choose a file first" in answer.content.decode()


def test_all_that_is_due_is_filled_in_where_it_is_asked_for(world):
    today = clock.today()
    due = world.invoice("100.00", issued=today - timedelta(days=60), due=today - timedelta(days=1))
    later = world.invoice("55.00", due=today + timedelta(days=20))
    page = world.client("anna").get(f"{NEW}?due=1&account={world.main.pk}").content.decode()
    assert f"{due.number}\t100.00" in page and later.number not in page


def test_whoever_only_looks_cannot_send(world):
    vera = world.client("vera")
    assert "Payers of your company can send them" in vera.get(NEW).content.decode()
    assert upload(vera, world, b"Invoice;Amount\nRE-1;1.00\n").status_code == 403


def test_the_pages_ask_the_same_for_thirty_lines_as_for_three(world):
    def sent(count):
        lines = [
            RemittanceLine(where=f"row {n}", number=world.invoice("5.00").number, amount=Decimal(5))
            for n in range(count)
        ]
        return send_lines(world.actor("anna"), world.main, lines)

    def asked(url):
        client = world.client("anna")
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        return len(queries)

    few = asked(reverse("portal:remittance", args=[sent(3).pk]))
    many = asked(reverse("portal:remittance", args=[sent(30).pk]))
    assert few == many <= 25
    before = asked("/payments/remittances/")
    for _ in range(10):
        sent(1)
    assert asked("/payments/remittances/") == before <= 25
