"""Early-payment offers by API, from both sides."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from eipp.kernel import clock
from tests.world import World
from workflows.offer import Offer

DAY = timedelta(days=1)


def test_programs_of_both_sides_propose_answer_and_read_what_each_day_comes_to(world: World) -> None:
    today, invoice = clock.today(), world.invoice("500.00")
    buyer, erp = world.program("brightwater"), world.program("nordwind")

    def send(program: Any, path: str, body: dict[str, Any], key: str = "") -> Any:
        headers = {"Idempotency-Key": key or str(uuid4())}
        return program.post(f"/api/v1/{path}", body, "application/json", headers=headers)

    terms = {"invoices": [str(invoice.pk)], "yearly_rate": "20", "pay_by": str(today + 10 * DAY)}
    for wrong, code in (
        ({"yearly_rate": "101"}, "rate_out_of_range"), ({"pay_by": str(today - DAY)}, "wrong_day"),
        ({"pay_by": str(today + 30 * DAY)}, "not_early"), ({"invoices": [str(uuid4())]}, "unknown_invoice"),
        ({"steps": [{"percent": "1", "until": str(today)}]}, "terms_unclear"), ({"pay_by": None}, "day_missing"),
    ):  # fmt: skip
        answer = send(buyer, "offers", {**terms, **wrong})
        assert (answer.status_code, answer.json()["code"]) == (422, code), wrong
    made = send(buyer, "offers", terms, "once")
    assert made.status_code == 201, made.content
    assert send(buyer, "offers", terms, "once").json()["id"] == made.json()["id"] and Offer.objects.count() == 1
    found = made.json()
    assert found["days"][0] == {
        "on": str(today), "discount": "8.22", "to_pay": "491.78", "yearly_rate": "20.00"
    }  # fmt: skip
    assert (len(found["days"]), found["least_discount"], found["answer_by_side"]) == (11, "5.48", "supplier")
    url = f"offers/{found['id']}"
    assert send(buyer, f"{url}/accept", {}).json()["code"] == "your_own_proposal"
    other = send(erp, f"{url}/counter", {"steps": [{"percent": "1.2", "until": str(today + 4 * DAY)}]}).json()
    assert (other["state"], other["version"], other["answer_by_side"]) == ("countered", 2, "buyer")
    assert [day["discount"] for day in other["days"]] == ["6.00"] * 5 and other["days"][0]["yearly_rate"] == "14.60"
    assert other["approvals_missing"] is None and buyer.get(f"/api/v1/{url}").json()["approvals_missing"] == 1
    waiting = send(buyer, f"{url}/accept", {}).json()
    assert waiting["state"] in ("approving", "accepted")
    if waiting["state"] == "approving":
        waiting = send(buyer, f"{url}/approve", {}).json()
    assert waiting["state"] == "accepted"
    read = buyer.get(f"/api/v1/invoices/{invoice.pk}").json()
    assert (read["discount"]["amount"], read["discount"]["to_pay"]) == ("6.00", "494.00")
    assert [each["number"] for each in erp.get("/api/v1/offers?state=accepted").json()["items"]] == [found["number"]]


def test_what_a_supplier_gives_by_itself_is_told_to_those_who_get_it(world: World) -> None:
    buyer, erp, entity = world.program("brightwater"), world.program("nordwind"), world.main.legal_entity
    body = {"currency": "EUR", "yearly_rate": "9", "least_days": 5, "largest": "9000.00",
            "accounts": [str(world.main.pk)]}  # fmt: skip
    url = f"/api/v1/legal-entities/{entity.pk}/early-payment"
    assert erp.post(url, body | {"yearly_rate": "0"}, "application/json").json()["code"] == "rate_out_of_range"
    assert buyer.post(url, body, "application/json").status_code == 403
    told = erp.post(url, body, "application/json").json()
    assert (told["yearly_rate"], told["largest"]) == ("9", "9000.00")
    assert buyer.get("/api/v1/early-payment").json()["items"] == [told | {"largest": None, "legal_entity": None}]
    assert world.program("elsewhere").get("/api/v1/early-payment").json()["items"] == []
    assert erp.get("/api/v1/early-payment").json()["items"] == [told]
