"""Ways of paying in the example world: the company ID by which Nordwind debits, and its bound for cards in USD."""

from eipp.demo.world import World
from eipp.gateways.gateway_account import account_for, connect
from eipp.gateways.method_rule import set_rule
from eipp.kernel.money import Money

COMPANY_ID, MOST_BY_CARD = "9NORDWIND1", Money(2_500_000, "USD")


def set_up(world: World) -> None:
    """What Silke, the administrator, has typed in."""
    nordwind = world.nordwind.legal_entities.get(is_default=True)
    administrator = world.actor("silke")
    connect(administrator, nordwind, gateway="sandbox", wanted=(), credentials={}, company_id=COMPANY_ID)
    account = account_for(administrator, nordwind, "sandbox")
    set_rule(administrator, account, "card", currency="USD", most=MOST_BY_CARD)
