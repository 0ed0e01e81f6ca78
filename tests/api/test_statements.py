"""Statements and papers by the API: one question, four forms, the same figures."""

import csv
import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from pypdf import PdfReader

from documents.download import MEDIA_TYPES
from eipp.kernel import clock
from tests.api.cast import Cast
from tests.api.test_payments import pay


def state(cast: Cast, *, by: str = "erp", headers: dict[str, str] | None = None, **asked: Any) -> Any:
    query = "&".join(f"{name}={value}" for name, value in {"account": "C-1001", **asked}.items())
    return getattr(cast, by).get(f"statements?{query}", **(headers or {}))


@pytest.mark.parametrize("by", ["erp", "payer"])
def test_open_items_sum_to_what_is_owed(cast: Cast, by: str) -> None:
    ids = [cast.invoice() for _ in range(3)]
    stated = state(cast, by=by).json()
    assert (stated["kind"], stated["from"], stated["account"]["number"]) == ("open_item", None, "C-1001")
    (section,) = stated["currencies"]
    assert section["closing"] == "499.80" and section["movements"] == []
    assert sorted(item["document"] for item in section["items"]) == sorted(ids)
    assert {(item["kind"], item["open"], item["due"]) for item in section["items"]} == {
        ("invoice", "166.60", "2026-04-01")
    }


def test_a_balance_is_brought_forward(cast: Cast) -> None:
    cast.invoice()
    today = clock.today()
    period = {"kind": "balance_forward", "from": today, "to": today}
    (section,) = state(cast, **period).json()["currencies"]
    assert (section["opening"], section["charged"], section["closing"]) == ("0.00", "166.60", "166.60")
    (movement,) = section["movements"]
    assert (movement["kind"], movement["amount"], movement["balance"]) == ("invoice", "166.60", "166.60")


@pytest.mark.parametrize("ending", ["pdf", "csv", "xlsx"])
def test_the_same_statement_is_had_by_format_and_by_accept(cast: Cast, ending: str) -> None:
    cast.invoice()
    by_format = state(cast, format=ending)
    by_accept = state(cast, headers={"Accept": MEDIA_TYPES[ending].partition(";")[0]})
    for answer in (by_format, by_accept):
        assert answer.status_code == 200 and answer["Content-Type"] == MEDIA_TYPES[ending]
        assert answer["Content-Disposition"].endswith(f'.{ending}"')
        assert "166.6" in read(ending, answer.content)


def read(ending: str, content: bytes) -> str:
    if ending == "pdf":
        return PdfReader(io.BytesIO(content)).pages[0].extract_text()
    if ending == "csv":
        return str(list(csv.reader(io.StringIO(content.decode("utf-8-sig")))))
    return str([[cell.value for cell in row] for row in openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]])


@pytest.mark.parametrize(
    ("asked", "code", "parameter"),
    [
        ({"on": (clock.today() + timedelta(days=2)).isoformat()}, "future_day", "on"),
        ({"kind": "balance_forward", "to": (clock.today() + timedelta(days=2)).isoformat()}, "future_day", "to"),
        ({"kind": "balance_forward", "from": "2026-03-02", "to": "2026-03-01"}, "period_backwards", "from"),
        ({"kind": "monthly"}, "unknown_word", "kind"),
        ({"format": "docx"}, "unknown_word", "format"),
        ({"on": "yesterday"}, "invalid_parameter", "on"),
        ({"on": "2026-03-02", "to": "2026-03-02"}, "parameter_twice", "on"),
        ({"from": "2026-03-02"}, "invalid_parameter", "from"),
        ({"account": "C-2002"}, "unknown_account", "account"),
        ({"on": "1800-01-01"}, "too_early", "on"),
    ],
)
def test_what_cannot_be_stated_is_a_problem_naming_the_parameter(
    cast: Cast, asked: dict[str, str], code: str, parameter: str
) -> None:
    answer = state(cast, **asked)
    assert answer.status_code == 422 and answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["code"], problem["errors"][0]["parameter"]) == (code, parameter)


def test_a_statement_is_asked_for_by_an_account(cast: Cast) -> None:
    answer = cast.erp.get("statements")
    assert (answer.status_code, answer.json()["code"]) == (422, "missing_field")


@pytest.mark.parametrize("by", ["stranger", "other_supplier"])
@pytest.mark.parametrize("format", ["json", "pdf", "csv", "xlsx"])
def test_a_stranger_has_no_statement(cast: Cast, by: str, format: str) -> None:
    cast.invoice()
    for account in (cast.account.pk, "C-1001"):
        answer = state(cast, by=by, account=account, format=format)
        assert (answer.status_code, answer.json()["code"]) == (422, "unknown_account")


def test_an_invoice_is_had_as_pdf_by_both_sides_and_by_nobody_else(cast: Cast) -> None:
    id = cast.invoice()
    one, other = (caller.get(f"invoices/{id}/pdf") for caller in (cast.erp, cast.payer))
    assert one.status_code == 200 and one["Content-Type"] == "application/pdf" and one.content == other.content
    assert "Ball bearing 6204" in read("pdf", one.content)
    for caller in (cast.stranger, cast.other_supplier):
        assert caller.get(f"invoices/{id}/pdf").status_code == 404


def test_a_credit_note_is_had_as_pdf(cast: Cast) -> None:
    id = cast.invoice()
    cast.erp.post(f"invoices/{id}/withdraw", {"reason": "Sent to the wrong customer."})
    (note,) = cast.payer.get(f"credit-notes?invoice={id}").json()["items"]
    text = read("pdf", cast.payer.get(f"credit-notes/{note['id']}/pdf").content)
    assert note["number"] in text and "Sent to the wrong customer." in text


def test_a_payment_that_has_not_settled_has_no_receipt(cast: Cast) -> None:
    payment = pay(cast, (cast.invoice(), "166.60")).json()
    answer = cast.payer.get(f"payments/{payment['id']}/receipt")
    assert (answer.status_code, answer.json()["code"]) == (404, "no_receipt")
    assert "has not settled" in answer.json()["detail"]
