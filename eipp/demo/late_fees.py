"""A story of late fees: a customer that pays late, a rule for it alone, two fees, one of them waived."""

from decimal import Decimal

from eipp.demo.stage import Scene
from eipp.demo.stories import Story
from eipp.ledger.finance_charge_setting import Wish, set_rule
from eipp.ledger.models import FinanceCharge
from workflows.finance_charge import charge_all
from workflows.finance_charge_waiver import waive


def charged(scene: Scene) -> Story:
    """Mona sets a rule for this customer; two months are charged, and on the telephone she gives up the first fee."""
    invoice, mona = scene.bill(), scene.stage.actor("mona")
    supplier = scene.account.supplier
    wish = Wish(kind="percent_of_period", percent=Decimal("1.0"), currency=scene.account.currency,
                account=scene.account, grace_days=5)  # fmt: skip
    set_rule(mona, supplier, wish, now=scene.now)
    for days in (7, 38):
        yield scene.due(invoice, days)
        charge_all(supplier, now=scene.now)
    first = FinanceCharge.objects.filter(invoice=invoice).order_by("charged_for").select_related("document").first()
    if first:
        waive(mona, first, reason="The first time; agreed on the telephone", now=scene.now)
