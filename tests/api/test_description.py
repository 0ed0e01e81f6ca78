"""The OpenAPI description: it is valid, complete and kept, and its page needs nothing from outside."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from django.contrib.staticfiles import finders
from django.test import Client
from drf_spectacular.validation import validate_schema

from eipp.api import documentation
from eipp.api.urls import version_1
from tests.api.cast import Cast

KEPT = Path(__file__).parents[2] / "docs" / "openapi.yaml"


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(documentation.description())
    return found


def test_the_kept_description_is_up_to_date() -> None:
    kept = KEPT.read_bytes()
    assert kept == documentation.description(), "write it anew: manage.py spectacular --file docs/openapi.yaml"


@pytest.mark.long
def test_the_description_is_valid_openapi_3_1(described: dict[str, Any]) -> None:
    assert described["openapi"] == "3.1.0"
    validate_schema(described)


#: Had as JSON, PDF, CSV and XLSX; reckoned from several readings, which may have to be tried again (409).
IN_SEVERAL_FORMS = {"/api/v1/statements"}


def test_every_route_is_described_with_its_errors(described: dict[str, Any]) -> None:
    routes = {"/api/v1/" + str(pattern.pattern).replace("<uuid:", "{").replace("<slug:", "{").replace(">", "}")
              for pattern in version_1}  # fmt: skip
    assert routes == set(described["paths"])
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"], path
            for status, response in operation["responses"].items():
                kinds = set(response["content"])
                assert ("application/problem+json" in kinds) is (int(status) >= 400), (path, method, status)
                assert len(kinds) == 1 or path in IN_SEVERAL_FORMS, path
            assert "422" in operation["responses"]
            assert ("409" in operation["responses"]) is (method in ("post", "patch") or path in IN_SEVERAL_FORMS)


def test_every_operation_has_a_name_of_its_own(described: dict[str, Any]) -> None:
    names = [one["operationId"] for operations in described["paths"].values() for one in operations.values()]
    assert len(names) == len(set(names))


def test_where_money_moves_the_key_is_described_as_required(described: dict[str, Any]) -> None:
    parameters = described["paths"]["/api/v1/payments"]["post"]["parameters"]
    assert [p["required"] for p in parameters if p["name"] == "Idempotency-Key"] == [True]


def test_the_example_is_taken_as_it_stands(cast: Cast, described: dict[str, Any]) -> None:
    content = described["paths"]["/api/v1/invoices"]["post"]["requestBody"]["content"]["application/json"]
    assert cast.erp.post("invoices", content["examples"]["example"]["value"]).status_code == 201


def test_the_page_to_try_it_needs_nothing_from_outside(db: None) -> None:
    response = Client().get("/api/docs/")
    assert response.status_code == 200
    page = response.content.decode()
    assert "<style" not in page
    assert "//" not in page.replace("<!-- ", "")
    for part in (piece.split('"')[0] for piece in page.split('="/static/')[1:]):
        assert finders.find(part), part
    assert page.count("<script") == page.count('<script src="/static/')
    assert Client().get("/api/openapi.yaml").content == documentation.description()
