"""E-invoices by the API: XML and PDF are read at once, judged by the worker, and kept whatever the verdict."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from eipp.accounts.models import LegalEntity
from eipp.ledger.models import Invoice
from tests.api.cast import Cast
from workflows.jobs import judge_received
from workflows.presentment import Presentment

DATA = Path(__file__).parent.parent / "data" / "einvoice"
UBL = DATA / "valid" / "kosit-xrechnung" / "01.01a-INVOICE_ubl.xml"
CII = DATA / "valid" / "kosit-xrechnung" / "01.01a-INVOICE_uncefact.xml"
PDF = DATA / "hybrid-pdf" / "MustangBeispiel20221026.pdf"
CREDIT = DATA / "hybrid-pdf" / "Avoir_FR_type381_BASIC.pdf"
IBANS = ["DE75512108001245126199", "DE79000000001234567890", "DE88200800000970375700"]


@pytest.fixture(autouse=True)
def verified_accounts(cast: Cast) -> None:
    """What the sample files are to be paid to."""
    LegalEntity.objects.filter(organisation=cast.supplier).update(bank_accounts=[{"iban": iban} for iban in IBANS])


def post(cast: Cast, path: Path, question: str = "account=C-1001", **headers: str) -> Any:
    kind = "application/pdf" if path.suffix == ".pdf" else "application/xml"
    return cast.erp.post(f"invoices?{question}", path.read_bytes(), kind=kind, **headers)


@pytest.mark.parametrize("path", [UBL, CII, PDF])
def test_a_file_waits_for_the_verdict_and_is_then_presented(cast: Cast, path: Path) -> None:
    response = post(cast, path)
    assert response.status_code == 202, response.content
    intake = response.json()
    assert (intake["status"], intake["invoice"]) == ("received", None)
    assert response["Location"] == f"/api/v1/intakes/{intake['id']}"
    assert not Invoice.objects.exists()
    assert cast.payer.get("invoices").json()["items"] == []
    judge_received()
    judged = cast.erp.get(response["Location"]).json()
    assert judged["status"] == "presented", judged["reasons"]
    seen = cast.payer.get(f"invoices/{judged['invoice']}").json()
    assert seen["number"] == intake["number"] == intake["external_id"]
    for caller, address in (
        (cast.payer, f"invoices/{judged['invoice']}/original"), (cast.erp, f"{response['Location']}/original")
    ):  # fmt: skip
        assert b"".join(caller.get(address).streaming_content) == path.read_bytes()
    again = post(cast, path)
    assert (again.status_code, again.json()["id"]) == (200, judged["invoice"])


def test_a_credit_note_comes_as_a_pdf_too(cast: Cast) -> None:
    location = post(cast, CREDIT)["Location"]
    judge_received()
    judged = cast.erp.get(location).json()
    assert judged["credit_note"] or judged["reasons"]


def test_the_erp_names_it_by_parameter_or_header(cast: Cast) -> None:
    assert post(cast, UBL, "account=C-1001&external_id=E-1").json()["external_id"] == "E-1"
    assert post(cast, UBL, External_Id="E-2").json()["external_id"] == "E-2"


def test_an_unknown_buyer_is_quarantined_at_once_with_the_reason(cast: Cast) -> None:
    response = post(cast, UBL, "")
    intake = response.json()
    assert (response.status_code, intake["status"]) == (202, "quarantined")
    assert [reason["code"] for reason in intake["reasons"]] == ["EIPP-BUYER-UNKNOWN"]


@pytest.mark.parametrize("path", sorted((DATA / "invalid").glob("*.xml")), ids=lambda path: path.name[:12])
def test_a_broken_rule_quarantines_naming_it(cast: Cast, path: Path) -> None:
    location = post(cast, path)["Location"]
    judge_received()
    intake = cast.erp.get(location).json()
    rule = path.name.split("_")[0]
    assert intake["status"] == "quarantined"
    assert rule in [reason["code"] for reason in intake["reasons"]]
    assert b"".join(cast.erp.get(f"{location}/original").streaming_content) == path.read_bytes()


def test_a_sum_a_cent_off_is_quarantined_at_once(cast: Cast) -> None:
    text = UBL.read_text()
    off = text.replace(">336.9<", ">336.91<", 1)
    assert off != text
    response = cast.erp.post("invoices?account=C-1001", off.encode(), kind="application/xml")
    assert (response.status_code, response.json()["status"]) == (202, "quarantined"), response.content
    assert any(reason["code"].startswith("BR-CO-") for reason in response.json()["reasons"])


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"", "application/xml", 422), (b"<", "application/xml", 422), (b"<a/>", "application/xml", 415),
        (b"hello", "application/xml", 415), (b"%PDF-1.7", "application/pdf", 422), (b"\x00" * 9, "application/pdf", 4),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "application/xml", 422),
        (b"<a>" * 100_000, "application/xml", 422), (b"\xff\xfe<\x00", "application/xml", 422),
        (UBL.read_bytes()[:5000], "application/xml", 422), (PDF.read_bytes()[:5000], "application/pdf", 422),
        (b"<?xml version='1.0' encoding='ebcdic-x'?><a/>", "application/xml", 4), (b"<a\x00/>", "application/xml", 422),
    ],
)  # fmt: skip
def test_what_is_unreadable_or_hostile_is_refused(cast: Cast, content: bytes, kind: str, status: int) -> None:
    response = cast.erp.post("invoices", content, kind=kind)
    assert response.status_code // (1 if status > 100 else 100) == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    assert not Presentment.objects.exists()


@pytest.mark.parametrize(("prefer", "granted"), [("wait=1", True), ("respond-async, wait=1", True), ("wait=x", False)])
def test_a_wait_ends_without_a_verdict_when_there_is_none(cast: Cast, prefer: str, granted: bool) -> None:
    begun = time.monotonic()
    response = post(cast, UBL, Prefer=prefer)
    assert (response.status_code, response.json()["status"]) == (202, "received")
    assert response.has_header("Preference-Applied") is granted
    assert (time.monotonic() - begun > 0.9) is granted


@pytest.mark.django_db(transaction=True)
def test_a_wait_is_answered_by_201_as_soon_as_the_verdict_is_there(cast: Cast) -> None:
    judging = threading.Thread(target=_closing(judge_when_received))
    judging.start()
    response = post(cast, UBL, Prefer="wait=30")
    judging.join()
    assert response.status_code == 201, response.content
    assert response["Location"] == f"/api/v1/invoices/{response.json()['id']}"


def judge_when_received() -> None:
    while not Presentment.objects.exists():
        time.sleep(0.02)
    judge_received()


def _closing(work: Callable[[], None]) -> Callable[[], None]:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    return run
