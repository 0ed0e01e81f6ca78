"""An invoice that a factor is to be paid for: its own account, verified by two people, and never our ways of paying."""

from eipp.kernel import clock
from eipp.ledger import posting
from eipp.ledger.models import Invoice
from tests.web.test_discounts import body, text
from tests.workflows.doing import approve, enter, eur, refused
from tests.world import World
from workflows.presentment import Presentment

IBAN = "DE02120300000000202051"


def test_money_for_a_factor_goes_to_its_verified_account_alone(world: World) -> None:
    mona, silke, anna = (world.client(word) for word in ("mona", "silke", "anna"))
    page = "/desk/team/terms/"
    erp, facts = world.program("nordwind"), {"payee": {"name": "Taunus Factoring AG"}}
    posted = erp.post("/api/v1/invoices", body(world, "F-1", **facts), "application/json")
    assert posted.status_code == 201 and Presentment.objects.get(number="F-1").state != "quarantined"
    invoice = Invoice.objects.get(number="F-1")
    url = f"/invoices/{invoice.pk}/"
    assert "is not verified yet" in text(anna.get(url))
    assert mona.post(page, {"move": "add_payee", "name": "x", "iban": "DE00"}).status_code == 422
    added = mona.post(page, {"move": "add_payee", "name": "Taunus  FACTORING AG", "iban": IBAN})
    assert added.status_code == 302
    payee = world.nordwind.payees.get()
    own = mona.post(page, {"move": "verify_payee", "payee": payee.pk})
    assert own.status_code == 409 and "a colleague does" in own.content.decode()
    assert IBAN not in anna.get(url).content.decode()
    assert silke.post(page, {"move": "verify_payee", "payee": payee.pk}).status_code == 302
    shown = text(anna.get(url))
    assert IBAN in shown and "To be paid to Taunus Factoring AG" in shown
    approve(world, "ben", invoice)
    with refused("other_payee", 409):
        enter(world, "anna", (invoice, eur("10.00")))
    with refused("other_payee", 409):
        reason = ("payment", invoice.pk)
        posting.place_holds(world.actor("anna"), "pending", reason=reason, shares=[(invoice, eur("1.00"))])
    assert "F-1" not in text(anna.get("/payments/new/?open=1&currency=EUR"))
    assert world.program("brightwater").get(f"/api/v1/invoices/{invoice.pk}").json()["payee"] == "Taunus Factoring AG"
    day = clock.today(world.nordwind.time_zone)
    receipt = posting.post_receipt(
        world.erp("nordwind"), account=world.main, amount=invoice.open, received_on=day, kind="transfer"
    )
    posting.apply_receipt(world.erp("nordwind"), receipt, [(invoice, invoice.open)])
    invoice.refresh_from_db()
    assert invoice.is_closed and "To be paid to Taunus" in text(anna.get(url))  # the paper says it still
    assert silke.post(page, {"move": "end_payee", "payee": payee.pk}).status_code == 302


def test_the_seller_named_as_its_own_payee_is_no_other(world: World) -> None:
    erp = world.program("nordwind")
    name = world.main.legal_entity.name.upper()
    assert erp.post("/api/v1/invoices", body(world, "F-2", payee={"name": name}), "application/json").status_code == 201
    assert Invoice.objects.get(number="F-2").payee_name == ""
