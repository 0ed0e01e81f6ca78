"""Bad input: a clear refusal naming field and reason, never a 500, and nothing half-written."""

import json
from typing import Any

import pytest

from eipp.ledger.models import Invoice
from tests.api.cast import Caller, Cast, invoice
from workflows.presentment import Presentment


def nothing_was_written() -> bool:
    return not Presentment.objects.exists() and not Invoice.objects.exists()


def with_line(**changes: Any) -> dict[str, Any]:
    written = invoice()
    written["lines"][0].update(changes)
    return written


@pytest.mark.parametrize(
    "amount", ["1_0", "1E3", "NaN", "Infinity", "1.234", "", " 1", "1 ", "+1", "１", "1,00", ".5", "1.", "0x10", "1\n",
               "9999999999999"]
)  # fmt: skip
def test_an_amount_that_is_none_is_refused_naming_its_field(cast: Cast, amount: str) -> None:
    response = cast.erp.post("invoices", with_line(net_amount=amount))
    assert response.status_code == 422, response.content
    (error,) = response.json()["errors"]
    assert error["pointer"] == "/lines/0/net_amount"
    assert nothing_was_written()


@pytest.mark.parametrize("amount", [1, 1.5, None, True, [], {"a": 1}, 10**400])
def test_an_amount_is_text_and_nothing_else(cast: Cast, amount: Any) -> None:
    response = cast.erp.post("invoices", with_line(unit_price=amount))
    assert response.status_code in (400, 422)
    assert nothing_was_written()


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"currency": "XXX"}, "/currency"), ({"currency": "eur"}, "/currency"), ({"currency": "EURO"}, "/currency"),
        ({"due_date": "2026-03-01"}, "/due_date"), ({"issue_date": "02.03.2026"}, "/issue_date"),
        ({"issue_date": "2026-02-30"}, "/issue_date"), ({"issue_date": "0001-01-01"}, "/issue_date"),
        ({"due_date": "9999-12-31"}, "/due_date"), ({"number": ""}, "/number"), ({"number": "x" * 101}, "/number"),
        ({"lines": []}, "/lines"), ({"lines": None}, "/lines"), ({"surprise": 1}, "/surprise"),
        ({"id": "0199d0a0-0000-7000-8000-000000000000"}, "/id"), ({"supplier": "x"}, "/supplier"),
        ({"legal_entity": "nope"}, "/legal_entity"), ({"account": "", "buyer": None}, "/account"),
        ({"note": "a\x00b"}, "/note"), ({"note": "a\x07b"}, "/note"), ({"note": "a\uffffb"}, "/note"),
        ({"totals": {"payable": "-166.60"}}, "/totals/payable"),
    ],
)  # fmt: skip
def test_a_wrong_fact_is_refused_naming_its_field(cast: Cast, change: dict[str, Any], pointer: str) -> None:
    response = cast.erp.post("invoices", invoice(**change))
    assert response.status_code == 422, response.content
    assert pointer in [error["pointer"] for error in response.json()["errors"]]
    assert nothing_was_written()


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"unit_price": "-1", "net_amount": None}, "BR-27"), ({"net_amount": "125.02"}, "EIPP-LINE-NET"),
        ({"base_quantity": "0"}, "EIPP-BASE-QUANTITY"), ({"tax_rate": "0"}, "BR-S-05"),
        ({"tax_category": "Z"}, "BR-Z-05"), ({"tax_category": "XX"}, "BR-CL-18"), ({"tax_rate": "101"}, "EIPP-RATE"),
        ({"quantity": "999999999999", "unit_price": "999999999999", "net_amount": None}, "EIPP-TOO-LARGE"),
    ],
)  # fmt: skip
def test_a_broken_rule_is_named(cast: Cast, change: dict[str, Any], rule: str) -> None:
    response = cast.erp.post("invoices", {**with_line(**change), "totals": None})
    assert response.status_code == 422, response.content
    assert rule in [error["code"] for error in response.json()["errors"]]
    assert nothing_was_written()


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 422, "missing_field"), (b"{", 400, "malformed_json"), (b"\xff\xfe", 400, "malformed_json"),
        (b'{"number": "\xff"}', 400, "malformed_json"), (b"\xef\xbb\xbf{}", 400, "malformed_json"),
        (b"[" * 100_000, 422, "invalid_content"), (b'{"lines":' * 100_000, 422, "invalid_content"),
        (b'{"lines": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", 422, "invalid_content"),
        (b'{"number": "\\ud800"}', 400, "malformed_json"), (b'{"a": 1, "a": 2}', 422, "unknown_field"),
        (b'{"number": 1' + b"0" * 5000 + b"}", 422, "invalid_content"), (b"NaN", 400, "malformed_json"),
        (json.dumps(invoice()).encode() + b" {}", 400, "malformed_json"), (b"null", 422, "invalid_content"),
    ],
)  # fmt: skip
def test_what_is_no_json_invoice_is_refused(cast: Cast, content: bytes, status: int, code: str) -> None:
    response = cast.erp.post("invoices", content)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response["Content-Type"] == "application/problem+json"
    assert nothing_was_written()


def test_a_field_that_stands_twice_is_refused(cast: Cast) -> None:
    text = json.dumps(invoice())
    twice = text.replace('"currency": "EUR"', '"currency": "EUR", "currency": "USD"')
    response = cast.erp.post("invoices", twice.encode())
    assert (response.status_code, response.json()["code"]) == (400, "malformed_json")
    assert cast.erp.post("invoices", text.encode()).status_code == 201, "without the double it is taken"


def test_a_body_beyond_the_limit_is_too_large(cast: Cast) -> None:
    response = cast.erp.post("invoices", b" " * (20 * 1024 * 1024 + 1))
    assert (response.status_code, response.json()["code"]) == (413, "too_large")
    response = cast.erp.post("invoices", b" " * (25 * 1024 * 1024 + 1))
    assert (response.status_code, response.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    ("question", "parameter"),
    [
        ("limit=0", "limit"), ("limit=x", "limit"), ("limit=201", "limit"), ("cursor=x", "cursor"),
        ("cursor=WyJhIl0", "cursor"), ("status=wrong", "status"), ("sort=id", "sort"), ("number=%00", "number"),
        ("surprise=1", "surprise"), ("%00=1", "�"), ("due_from=2026-13-01", "due_from"),
        ("due_from=0001-01-01", "due_from"), ("updated_after=2026-01-01T00:00:00", "updated_after"),
        ("updated_after=0001-01-01T00:00:00%2B02:00", "updated_after"),
        ("limit=1&limit=2", "limit"), ("limit=" + "9" * 5000, "limit"), ("currency=EURO", "currency"),
    ],
)  # fmt: skip
def test_a_wrong_parameter_is_refused_by_name(cast: Cast, question: str, parameter: str) -> None:
    response = cast.erp.get(f"invoices?{question}")
    assert response.status_code == 422, response.content
    assert response.json()["errors"][0]["parameter"] == parameter


def test_a_parameter_is_refused_where_none_is_taken(cast: Cast) -> None:
    assert cast.erp.get(f"accounts/{cast.account.pk}?x=1").status_code == 422


@pytest.mark.parametrize("path", ["/api/", "/api/v1/", "/api/v1/invoices/", "/api/v1/%00", "/api/v1/invoices/%00",
                                  "/api/v2/invoices", "/api/v1/invoices/1", "/api/v1/\U0001f600"])  # fmt: skip
def test_nothing_is_at_a_wrong_address(cast: Cast, path: str) -> None:
    for response in (cast.erp.get(path), cast.erp.post(path)):
        assert (response.status_code, response.json()["code"]) == (404, "not_found")
        assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_a_wrong_method_is_named_as_such(cast: Cast, method: str) -> None:
    response = getattr(cast.erp.client, method)("/api/v1/invoices", headers={"Authorization": f"Bearer {cast.erp.key}"})
    assert (response.status_code, response.json()["code"]) == (405, "method_not_allowed")
    assert "GET" in response["Allow"]


def test_a_wrong_media_type_is_named_as_such(cast: Cast) -> None:
    response = cast.erp.post("invoices", b"a=1", kind="application/x-www-form-urlencoded")
    assert (response.status_code, response.json()["code"]) == (415, "unsupported_media_type")
    response = cast.erp.post("invoices", b"{}", kind="")
    assert response.status_code == 415
    response = cast.erp.get("invoices", Accept="text/csv")
    assert (response.status_code, response.json()["code"]) == (406, "not_acceptable")
    assert cast.erp.get("invoices", Accept="application/problem+json").status_code == 200


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer x", "Bearer eipp_\u00e4", "Basic YTpi", "eipp_x", "Api-Key eipp_x"]
)
def test_a_wrong_key_is_refused_with_a_challenge(db: None, header: str) -> None:
    response = Caller().get("invoices", Authorization=header)
    assert (response.status_code, response["WWW-Authenticate"]) == (401, 'Bearer realm="EIPP"')
    assert response["Content-Type"] == "application/problem+json"


def test_a_refusal_says_which_request_it_was(cast: Cast) -> None:
    response = cast.erp.get("invoices/0199d0a0-0000-7000-8000-000000000000")
    problem = response.json()
    assert problem["request_id"] == response["X-Request-ID"]
    assert (problem["status"], problem["type"]) == (404, "urn:eipp:problem:not_found")
    assert problem["instance"] == "/api/v1/invoices/0199d0a0-0000-7000-8000-000000000000"


def test_what_is_refused_before_any_view_is_a_problem_too(cast: Cast) -> None:
    response = cast.erp.get("invoices", Host="elsewhere.example")
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
    assert response.json()["code"] == "bad_request"
    page = cast.erp.client.get("/accounts/login/", headers={"Host": "elsewhere.example"})
    assert page["Content-Type"].startswith("text/html"), "pages keep their own"
