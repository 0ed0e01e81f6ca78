"""Organisation: a company that presents invoices (supplier) or receives them (buyer)."""

from typing import Any

from django.db import models, transaction
from django.db.models import Q

from eipp.accounts.plain_text import plain
from eipp.kernel import events
from eipp.kernel.actor import Actor
from eipp.kernel.record import Entity
from eipp.kernel.tenancy import EventScope, Scope

SUPPLIER, BUYER = "supplier", "buyer"
SETUP = Actor.system("setup")


class Organisation(Entity):
    """One company, on one side. The contact is the human who helps; brand and title dress a supplier's portal.

    second_factor_since: from then on its people sign in with a second factor; None where it does not ask for one.
    closed_through: a supplier's books are closed up to this day (`eipp.ledger.closed_period`).
    """

    name = models.CharField(max_length=200)
    side = models.CharField(max_length=8, choices=((SUPPLIER, "Supplier"), (BUYER, "Buyer")))
    slug = models.SlugField(max_length=60, unique=True)
    country = models.CharField(max_length=2, blank=True)
    time_zone = models.CharField(max_length=60, default="UTC")
    language = models.CharField(max_length=5, default="en")
    brand_colour = models.CharField(max_length=7, blank=True)
    portal_title = models.CharField(max_length=100, blank=True)
    contact_name = models.CharField(max_length=200, blank=True)
    contact_phone = models.CharField(max_length=40, blank=True)
    contact_email = models.EmailField(blank=True)
    second_factor_since = models.DateTimeField(null=True)
    closed_through = models.DateField(null=True)
    scope = Scope(supplier="id", buyer="id")

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(side__in=(SUPPLIER, BUYER)), name="organisation_side"),)

    def __str__(self) -> str:
        return self.name

    def event_scope(self) -> EventScope:
        """What happens to an organisation or inside it is its own affair."""
        if self.side == SUPPLIER:
            return EventScope(supplier_id=self.pk)
        return EventScope(buyer_id=self.pk)


def suppliers() -> list[Organisation]:
    """The suppliers of this installation, by name: whom a visitor may ask for help."""
    return list(Organisation.objects.filter(side=SUPPLIER).order_by("name"))


@transaction.atomic
def create_organisation(*, name: str, side: str, slug: str, actor: Actor = SETUP, **facts: Any) -> Organisation:
    """Found an organisation; `facts` are further columns. Event: `organisation.created`."""
    name = plain(name, field="name", longest=200)
    organisation = Organisation.objects.create(name=name, side=side, slug=slug, **facts)
    events.record("organisation.created", organisation, actor)
    return organisation
