"""Histories: what happened in the example world in the fourteen months before today, told in the order of time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush

from django.db import transaction

from eipp.demo import adjustments, announcements, early, late_fees, quarrels, stories, to_come
from eipp.demo.stage import Scene, Stage
from eipp.demo.stories import Plot, Story
from eipp.demo.world import World
from eipp.kernel import clock, lease, relays
from eipp.ledger.models import Invoice
from messaging.notification import mark_all_read

RECENT = timedelta(days=4)  # what happened since is unread


@dataclass(frozen=True, slots=True)
class Series:
    """So many stories of one plot on one account, their invoices issued evenly between two ages in days."""

    account: str
    plot: Plot
    count: int
    oldest: int
    youngest: int


SERIES = (
    Series("main", stories.paid, 30, 425, 45),
    Series("main", stories.paid_late, 6, 400, 70),
    Series("main", stories.paid_by_card, 7, 380, 30),
    Series("main", stories.declined_then_paid, 1, 210, 200),
    Series("main", stories.three_in_one, 3, 330, 80),
    Series("main", stories.rebate, 2, 300, 120),
    Series("main", stories.rejected, 1, 64, 60),
    Series("main", stories.charged_back, 1, 150, 140),
    Series("main", stories.charged_back, 1, 23, 22),
    Series("main", stories.refunded, 1, 34, 30),
    Series("main", stories.in_instalments, 1, 42, 41),
    Series("main", stories.part_paid, 2, 62, 41),
    Series("main", stories.overdue, 4, 76, 34),
    Series("main", stories.seen, 3, 12, 4),
    Series("main", stories.ready, 3, 24, 9),
    Series("main", stories.on_the_way, 1, 15, 13),
    Series("main", stories.debited, 2, 320, 100),
    Series("main", stories.debit_on_the_way, 1, 10, 9),
    Series("main", stories.debit_returned, 1, 17, 16),
    Series("main", stories.transferred, 2, 280, 95),
    Series("main", stories.transfer_announced, 1, 13, 12),
    Series("main", stories.fresh, 2, 2, 0),
    Series("main", stories.to_dispute, 1, 6, 5),
    Series("main", stories.above_the_limit, 1, 8, 7),
    Series("main", stories.to_pay_together, 1, 12, 11),
    Series("main", quarrels.accepted, 3, 290, 90),
    Series("main", quarrels.agreed, 2, 260, 110),
    Series("main", quarrels.declined, 1, 190, 180),
    Series("main", quarrels.credited, 1, 240, 230),
    Series("main", quarrels.just_opened, 1, 7, 6),
    Series("main", quarrels.in_review, 1, 11, 10),
    Series("main", quarrels.asked, 1, 10, 9),
    Series("main", quarrels.proposed, 1, 19, 18),
    Series("main", quarrels.escalated, 1, 28, 26),
    Series("main", announcements.remitted, 1, 16, 15),
    Series("main", to_come.promised, 1, 47, 46),
    Series("main", to_come.announced, 1, 14, 13),
    Series("main", to_come.planned, 1, 12, 11),
    Series("main", announcements.claimed, 1, 9, 8),
    Series("branch", stories.paid, 14, 410, 50),
    Series("branch", stories.paid_late, 3, 300, 90),
    Series("branch", stories.overdue, 2, 58, 38),
    Series("branch", stories.seen, 2, 9, 3),
    Series("branch", stories.ready, 2, 22, 14),
    Series("tiny_account", stories.paid, 10, 400, 40),
    Series("tiny_account", stories.paid_by_card, 6, 380, 25),
    Series("tiny_account", quarrels.withdrawn, 1, 170, 160),
    Series("tiny_account", stories.overdue, 2, 34, 19),
    Series("tiny_account", stories.fresh, 2, 10, 1),
    Series("elsewhere_account", stories.paid, 12, 420, 60),
    Series("elsewhere_account", stories.overpaid, 1, 130, 120),
    Series("elsewhere_account", quarrels.credited, 1, 100, 95),
    Series("elsewhere_account", quarrels.declined, 1, 220, 210),
    Series("elsewhere_account", stories.overdue, 2, 90, 60),
    Series("elsewhere_account", stories.seen, 3, 30, 2),
    Series("elsewhere_account", late_fees.charged, 1, 95, 94),
    Series("unconnected", stories.paid, 6, 400, 60),
    Series("unconnected", stories.part_paid, 1, 80, 70),
    Series("unconnected", stories.fresh, 2, 40, 6),
    Series("unconnected", adjustments.second_person, 1, 48, 47),
    Series("unconnected", adjustments.deposit, 1, 6, 5),
    Series("pacific_usd", stories.paid, 18, 420, 45),
    Series("pacific_usd", stories.paid_by_card, 3, 350, 60),
    Series("pacific_usd", stories.paid_late, 2, 250, 100),
    Series("pacific_usd", stories.overdue, 2, 66, 40),
    Series("pacific_usd", stories.ready, 2, 20, 10),
    Series("pacific_usd", stories.fresh, 2, 6, 1),
    Series("pacific_jpy", stories.paid, 10, 415, 80),
    Series("pacific_jpy", stories.part_paid, 1, 90, 85),
    Series("pacific_jpy", stories.seen, 2, 30, 5),
)

#: What may be taken off by whoever pays early, by account.
DISCOUNTS = {"pacific_jpy": "2% 10, 1% 20"}


@transaction.atomic
def fill(world: World, *, until: datetime | None = None) -> None:
    """Play every story up to now."""
    for word, terms in DISCOUNTS.items():
        world.accounts[word].discount_terms = terms
        world.accounts[word].save(update_fields=["discount_terms"])
    stage = Stage(world, until=until or clock.now())
    queue = _beginnings(stage)
    heapify(queue)
    all_read = False
    while queue and queue[0][0] <= stage.until:
        moment, order, scene, story = heappop(queue)
        if not all_read and moment > stage.until - RECENT:
            all_read = _read_everything(stage)
        scene.now = moment
        if goes_on := next(story, None):
            heappush(queue, (goes_on, order, scene, story))
    early.play(stage)
    _relay()
    lease.give_back("relays")


def named() -> dict[str, Invoice]:
    """The invoices that the story of the tests needs, by name (see `stories.ORDERS`)."""
    names = {order: name for name, order in stories.ORDERS.items()}
    return {names[row.order_reference]: row for row in Invoice.objects.filter(order_reference__in=names)}


def _beginnings(stage: Stage) -> list[tuple[datetime, int, Scene, Story]]:
    """When each story begins; the order tells apart those that begin at the same moment."""
    queue: list[tuple[datetime, int, Scene, Story]] = []
    for series in SERIES:
        for number in range(series.count):
            scene = Scene(stage, series.account)
            days = series.oldest - (series.oldest - series.youngest) * (number + 0.5) / series.count
            scene.now = stage.until - timedelta(days=days)
            begins = min(scene.at_work(scene.now), stage.until - timedelta(minutes=20))
            queue.append((begins, len(queue), scene, series.plot(scene)))
    return queue


def _read_everything(stage: Stage) -> bool:
    """Nobody's bell rings for what is long past."""
    _relay()
    for word in stage.world.people:
        mark_all_read(stage.actor(word), now=stage.until - RECENT)
    return True


def _relay() -> None:
    while relays.run_once():
        pass
