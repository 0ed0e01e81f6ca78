"""Customer invitation: AR lets a customer's first person in; from then on its own administrator invites."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from eipp.accounts.customer_account import CustomerAccount
from eipp.accounts.invitation import LASTS, Invitation, send_invitation
from eipp.accounts.membership import ADMINISTRATORS, Membership
from eipp.accounts.organisation import BUYER, Organisation, create_organisation
from eipp.accounts.person import clean_email
from eipp.accounts.roles import require, roles_on
from eipp.kernel import clock, events
from eipp.kernel.actor import Actor
from eipp.kernel.refusal import Refusal


@transaction.atomic
def invite_customer(actor: Actor, account: CustomerAccount, *, email: str, now: datetime | None = None) -> Invitation:
    """Mail a link to a contact of the customer's. Events: `invitation.sent`, `customer_account.invited`.

    Refusal (409) while the portal is switched off for the account, or when the customer administers itself already.
    """
    require(actor, "account.administer")
    account = CustomerAccount.objects.visible_to(actor).select_for_update().get(pk=account.pk)
    if not account.portal_enabled:
        raise Refusal("portal_off", "Switch the portal on for this account first, then invite.")
    if account.buyer and (leader := administrators(account.buyer).first()):
        sentence = f"{leader.person} administers this customer's people: ask them to invite a colleague."
        raise Refusal("customer_administers_itself", sentence)
    return open_for(actor, [account], email=clean_email(email), now=now or clock.now())


def open_for(
    actor: Actor, accounts: Sequence[CustomerAccount], *, email: str, now: datetime,
    lasts: timedelta = LASTS, letter: str = "accounts/customer_invitation",
) -> Invitation:  # fmt: skip
    """Mail the link that opens these accounts, which belong to one buyer or to nobody yet: whoever uses it gets every
    role. Event: `customer_account.invited`, for the supplier's eyes."""
    buyer = next((account.buyer for account in accounts if account.buyer), None) or _founded(accounts[0])
    invitation = send_invitation(
        actor, buyer, email, roles=sorted(roles_on(BUYER)), opens=accounts, lasts=lasts, letter=letter, now=now
    )
    for account in accounts:
        events.record("customer_account.invited", account, actor, concerns=(invitation,), internal=True)
    return invitation


def pending_invitations(account: CustomerAccount, *, now: datetime) -> QuerySet[Invitation]:
    """The links to this account that still open, newest first."""
    still_open = account.invitations.filter(accepted_at=None, revoked_at=None, expires_at__gt=now)
    return still_open.order_by("-created_at")


@transaction.atomic
def take_back(actor: Actor, account: CustomerAccount, *, now: datetime | None = None) -> None:
    """No link to this account opens any more. Event: `invitation.revoked` for each."""
    require(actor, "account.administer")
    account = CustomerAccount.objects.visible_to(actor).select_for_update().get(pk=account.pk)
    moment = now or clock.now()
    for invitation in pending_invitations(account, now=moment).select_related("organisation"):
        Invitation.objects.filter(pk=invitation.pk).update(revoked_at=moment)
        events.record("invitation.revoked", invitation, actor, concerns=(account,))


def administrators(buyer: Organisation) -> QuerySet[Membership]:
    """Who administers the buyer's people, the longest first."""
    active = Membership.objects.filter(organisation=buyer, ended_at=None, person__is_active=True)
    ids = [row.pk for row in active if set(row.roles) & set(ADMINISTRATORS)]
    return Membership.objects.filter(pk__in=ids).select_related("person")


def _founded(account: CustomerAccount) -> Organisation:
    """The organisation that the account will belong to: made once, empty until somebody signs in."""
    slug = f"customer-{account.pk}"
    found = Organisation.objects.filter(slug=slug).first()
    return found or create_organisation(
        name=account.name, side=BUYER, slug=slug, country=account.country,
        time_zone=account.supplier.time_zone, language=account.supplier.language,
    )  # fmt: skip
