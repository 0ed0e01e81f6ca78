"""Framing: fills the frame around a page from the request; the rail comes from the face (PLACES in settings)."""

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as words

from eipp.accounts.customer_account import CustomerAccount
from eipp.accounts.membership import Membership
from eipp.accounts.organisation import SUPPLIER, Organisation, suppliers
from eipp.accounts.roles import ROLES
from eipp.kernel.actor import Actor
from eipp.web.brand import DEFAULT_BRAND
from eipp.web.destinations import face_of
from eipp.web.frame import Choice, Contact, Frame
from eipp.web.middleware import ActingRequest
from messaging.notification import unread_count
from messaging.topics import topic

HOMES = {"buyer": "/", "supplier": "/desk/"}
SEARCH_HINTS: dict[str, Any] = {
    "buyer": words("Search invoices, disputes, payments"), "supplier": words("Search invoices, customers, disputes"),
}  # fmt: skip
HOUSE = "Invoices"  # what the portal is called before one knows whose it is


def home_of(side: str) -> str:
    """Where a side's people begin."""
    return HOMES.get(side, "/")


def frame_of(request: ActingRequest) -> Frame:
    """The frame for whoever acts; a face adds to it (counts, search, topics) with `dataclasses.replace`."""
    membership = _current(request)
    frame = Frame(
        title=HOUSE, organisation="", person=str(request.user), home_url=home_of(request.actor.side),
        profile_url=reverse("account_profile"), sign_out_url=reverse("account_logout"),
    )  # fmt: skip
    if membership is None:
        return replace(frame, organisations=_choices(request, None))
    places = settings.PLACES.get(request.actor.side)
    framed = replace(
        frame, organisation=membership.organisation.name, organisations=_choices(request, membership),
        role=", ".join(ROLES[name].title for name in membership.roles if name in ROLES),
        places=import_string(places)(request) if places else (), unread=unread_count(request.actor),
        notifications_url=reverse("web:notifications"), topics=(topic("person", request.actor.person_id),),
        team_url=reverse(f"{face_of(request.actor)}:team"),
        search_url=reverse("web:search"), search_hint=SEARCH_HINTS.get(request.actor.side, ""),
    )  # fmt: skip
    host = _host(request.actor, membership.organisation)
    return _dressed(framed, host) if host else framed


def contact_of(supplier: Organisation) -> Contact | None:
    """The human at the supplier who helps; None when nobody is named."""
    if not (supplier.contact_name or supplier.contact_phone or supplier.contact_email):
        return None
    return Contact(
        name=supplier.contact_name or supplier.name, phone=supplier.contact_phone, email=supplier.contact_email,
        organisation=supplier.name,
    )  # fmt: skip


def _dressed(frame: Frame, host: Organisation) -> Frame:
    return replace(
        frame, title=host.portal_title or host.name, brand=host.brand_colour or DEFAULT_BRAND, help=contact_of(host)
    )


def _current(request: ActingRequest) -> Membership | None:
    acting_for = request.actor.organisation_id
    return next((each for each in request.memberships if each.organisation_id == acting_for), None)


def _choices(request: ActingRequest, current: Membership | None) -> tuple[Choice, ...]:
    return tuple(
        Choice(
            name=each.organisation.name, url=reverse("account_act_for", args=[each.organisation_id]),
            current=each == current, note=each.organisation.get_side_display(),
        )
        for each in request.memberships
    )  # fmt: skip


def _host(actor: Actor, organisation: Organisation) -> Organisation | None:
    """Whose portal it is: the supplier's own, or that of the supplier from whom the buyer buys longest."""
    if organisation.side == SUPPLIER:
        return organisation
    account = CustomerAccount.objects.visible_to(actor).select_related("supplier").order_by("pk").first()
    return account.supplier if account else None


def entrance() -> dict[str, object]:
    """What the pages before the sign-in need: whose they are, and who helps; of several suppliers a page tells."""
    contacts = helping()
    only = contacts[0] if len(contacts) == 1 else None
    return {"entrance_title": HOUSE, "example_world": settings.EXAMPLE_WORLD, "entrance_help": only,
            "several_help": len(contacts) > 1}  # fmt: skip


def helping() -> list[Contact]:
    """The humans at the suppliers of this installation."""
    return [contact for supplier in suppliers() if (contact := contact_of(supplier))]
