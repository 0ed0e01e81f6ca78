"""Filing a claim on its page: looked at first, then the chosen rows in one step."""

import io
import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from documents.claim_sheet import HEAD
from tests.documents.remittance.files import workbook
from workflows.models import Claim, Dispute

NEW = "/disputes/claims/new/"


def previewed(client, world, content, name="claim.xlsx"):
    told = {"move": "upload", "account": str(world.main.pk), "files": SimpleUploadedFile(name, content)}
    return client.post(NEW, told)


def fields(page):
    """What the preview's form would send, all boxes ticked as they stand."""
    text = page.content.decode()
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text)
    return {name: unescape(value) for name, value in hidden} | {
        "row": re.findall(r'name="row" value="(\d+)" checked', text)
    }


def sheet(*rows):
    return workbook(list(HEAD), *rows)


def test_a_sheet_is_looked_at_before_the_chosen_rows_are_filed(world):
    anna, invoice = world.client("anna"), world.invoice(lines=[("Bolt", 10, "10.00")], tax="19")
    page = previewed(anna, world, sheet(
        [invoice.number, "1", 2, None, "Damaged", "bent"], ["NO-1", "", None, 5, "price", ""],
        [None, None, None, 25, "Rebate", "Bonus"], [invoice.number, "", None, "=1+1", "price", ""],
    ))  # fmt: skip
    text = page.content.decode()
    assert page.status_code == 200 and "2 rows cannot be filed" in text and "23.80" in text
    assert "No invoice or credit note has the number NO-1" in text and "The amount is a formula" in text
    assert not Dispute.objects.exists() and not Claim.objects.exists()
    told = fields(page)
    assert told["row"] == ["2", "4"]
    answer = anna.post(NEW, {**told, "move": "file", "row": ["2"], "comment": "Delivery 7"})
    claim = Claim.objects.get()
    assert answer["Location"] == reverse("portal:claim", args=[claim.pk])
    assert [(each.invoice, each.amount.text) for each in Dispute.objects.all()] == [(invoice, "23.80")]
    for client, face in ((anna, "portal"), (world.client("clara"), "desk")):
        shown = client.get(reverse(f"{face}:claim", args=[claim.pk])).content.decode()
        assert invoice.number in shown and "claim.xlsx" in shown and "Delivery 7" in shown
        assert claim.number in client.get(reverse(f"{face}:claims")).content.decode()


def test_rows_that_are_typed_are_looked_at_in_the_same_way(world):
    anna, invoice = world.client("anna"), world.invoice("100.00")
    typed = {"move": "fill_in", "account": str(world.main.pk), "row-1-invoice": invoice.number,
             "row-1-amount": "12.50", "row-1-reason": "price", "row-1-comment": "agreed", "row-3-amount": "x",
             "row-3-reason": "price"}  # fmt: skip
    page = anna.post(NEW, typed)
    assert "12.50" in page.content.decode() and "The figure “x” is not one" in page.content.decode()
    anna.post(NEW, {**fields(page), "move": "file"})
    assert [each.amount.text for each in Dispute.objects.all()] == ["12.50"]


def test_what_was_changed_in_the_preview_is_checked_anew(world):
    anna, theirs = world.client("anna"), world.invoice("100.00", account="elsewhere_account")
    told = fields(previewed(anna, world, sheet([None, None, None, 25, "Rebate", ""])))
    told["carried"] = told["carried"].replace('"row":2', f'"row":2,"invoice":"{theirs.number}"')
    answer = anna.post(NEW, {**told, "move": "file"})
    assert answer.status_code == 422 and "No invoice or credit note has the number" in answer.content.decode()
    assert not Dispute.objects.exists()


def test_the_sheet_of_a_stranger_is_not_taken_along(world):
    sina, anna = world.client("sina"), world.client("anna")
    told = {"move": "upload", "account": str(world.accounts["elsewhere_account"].pk),
            "files": SimpleUploadedFile("theirs.xlsx", sheet([None, None, None, 25, "Rebate", ""]))}  # fmt: skip
    theirs = fields(sina.post(NEW, told))["file"]
    own = fields(previewed(anna, world, sheet([None, None, None, 25, "Rebate", ""])))
    anna.post(NEW, {**own, "move": "file", "file": theirs})
    assert Claim.objects.get().file is None


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"a;b\n1;2\n", "claim.csv", "No row names the columns"),
        (b"Invoice;Amount;Reason\n" + b"RE-1;1.00;price\n" * 50_000, "claim.csv", "more than 5,000 rows"),
        (b"Invoice;Amount;Reason\n" + b"RE-1;1.00;price\n" * 600, "claim.csv", "At most 500 rows"),
        (b"%PDF-1.7 nothing", "claim.xlsx", "but the content is"),
    ],
)  # fmt: skip
def test_a_sheet_that_cannot_be_read_is_refused_with_a_way_on(world, content, name, sentence):
    answer = previewed(world.client("anna"), world, content, name)
    assert answer.status_code == 422 and sentence in answer.content.decode()


def test_nothing_chosen_is_said_and_the_rows_stay(world):
    anna = world.client("anna")
    told = fields(previewed(anna, world, sheet([None, None, None, 25, "Rebate", "Bonus"])))
    answer = anna.post(NEW, {**told, "move": "file", "row": []})
    assert answer.status_code == 422
    assert "Choose at least one row" in answer.content.decode() and "Bonus" in answer.content.decode()


def test_the_empty_sheet_comes_with_the_columns_and_the_reasons(world):
    answer = world.client("anna").get("/disputes/claims/sheet/")
    book = load_workbook(io.BytesIO(answer.content))
    assert tuple(cell.value for cell in next(book["Claim"].rows)) == HEAD
    assert book["Reasons"].max_row > 10


def test_whoever_only_looks_cannot_file(world):
    vera = world.client("vera")
    assert "Approvers and payers of your company can file them" in vera.get(NEW).content.decode()
    told = {"move": "file", "account": str(world.main.pk), "carried": "[]", "row": []}
    assert vera.post(NEW, told).status_code == 403
