"""Invitation: a mailed link by which one person joins an organisation: personal, for one use, expiring, revocable."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import models, transaction
from django.template.loader import render_to_string
from django.urls import reverse

from eipp.accounts.customer_account import CustomerAccount, connect_buyer
from eipp.accounts.membership import Membership, add_member, check_accounts, refuse_beyond
from eipp.accounts.organisation import Organisation
from eipp.accounts.password import check_new_password
from eipp.accounts.person import Person, clean_email, create_person
from eipp.accounts.plain_text import folded
from eipp.accounts.roles import check_roles, require
from eipp.kernel import clock, events, secrets
from eipp.kernel.actor import Actor
from eipp.kernel.record import Entity
from eipp.kernel.refusal import Refusal
from eipp.kernel.tenancy import EventScope, Scope

LASTS = timedelta(days=7)


class Invitation(Entity):
    """Facts with times; of the link only the fingerprint is kept.

    opens: customer accounts that become the organisation's with the first sign-in.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="invitations")
    email = models.EmailField()
    email_folded = models.CharField(max_length=400)
    roles = models.JSONField(default=list)
    all_accounts = models.BooleanField(default=True)
    accounts = models.ManyToManyField(CustomerAccount, related_name="+")
    opens = models.ManyToManyField(CustomerAccount, related_name="invitations")
    fingerprint = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    scope = Scope(supplier="organisation_id", buyer="organisation_id")

    class Meta:
        indexes = (models.Index(fields=("organisation", "email_folded"), name="invitation_email"),)

    def __str__(self) -> str:
        return f"{self.email} @ {self.organisation}"

    def event_scope(self) -> EventScope:
        return self.organisation.event_scope()

    def is_open(self, now: datetime) -> bool:
        """Whether the link still opens."""
        return self.accepted_at is None and self.revoked_at is None and self.expires_at > now


@transaction.atomic
def invite(
    actor: Actor,
    *,
    organisation: Organisation,
    email: str,
    roles: Iterable[str],
    accounts: Sequence[CustomerAccount] | None = None,
    now: datetime | None = None,
) -> Invitation:
    """Mail a link to join; an earlier one to the same address stops opening. Event: `invitation.sent`."""
    require(actor, "team.administer")
    moment, email = now or clock.now(), clean_email(email)
    wanted = check_roles(roles, side=organisation.side)
    chosen = check_accounts(organisation, accounts)
    refuse_beyond(actor, chosen)
    Organisation.objects.visible_to(actor).select_for_update().get(pk=organisation.pk)
    _refuse_member(organisation, email)
    return send_invitation(actor, organisation, email, roles=wanted, accounts=chosen, now=moment)


def send_invitation(
    actor: Actor,
    organisation: Organisation,
    email: str,
    *,
    roles: list[str],
    accounts: Sequence[CustomerAccount] | None = None,
    opens: Sequence[CustomerAccount] = (),
    lasts: timedelta = LASTS,
    letter: str = "accounts/invitation",
    now: datetime,
) -> Invitation:
    """Mail the link, by the template `letter`; an earlier one to the same address stops opening. For callers that
    have found out that this may be. Event: `invitation.sent`."""
    _open_ones(organisation, email, now).update(revoked_at=now)
    token = secrets.new_token()
    invitation = Invitation.objects.create(
        organisation=organisation, email=email, email_folded=folded(email), roles=roles, all_accounts=accounts is None,
        fingerprint=secrets.fingerprint(token), invited_by_id=actor.person_id, created_at=now, expires_at=now + lasts,
    )  # fmt: skip
    invitation.accounts.set(accounts or ())
    invitation.opens.set(opens)
    _mail(invitation, actor, token, letter)
    events.record("invitation.sent", invitation, actor, data={"roles": roles})
    return invitation


@transaction.atomic
def revoke_invitation(actor: Actor, invitation: Invitation, *, now: datetime | None = None) -> None:
    """Let the link open nothing any more. Event: `invitation.revoked`."""
    require(actor, "team.administer")
    moment = now or clock.now()
    locked = Invitation.objects.visible_to(actor).select_for_update().get(pk=invitation.pk)
    if not locked.is_open(moment):
        raise Refusal("invitation_closed", "This invitation is not open any more.", status=409)
    Invitation.objects.filter(pk=locked.pk).update(revoked_at=moment)
    events.record("invitation.revoked", locked, actor)


def find_invitation(token: str, *, now: datetime | None = None) -> Invitation | None:
    """The open invitation behind a link; looking uses nothing up. Used, expired, revoked and never made are alike."""
    found = Invitation.objects.filter(fingerprint=secrets.fingerprint(token)).select_related("organisation").first()
    return found if found and found.is_open(now or clock.now()) else None


@transaction.atomic
def accept_as_newcomer(token: str, *, username: str, name: str, password: str, now: datetime | None = None) -> Person:
    """Make a login of one's own with the address the link was mailed to, and join. Event: `invitation.accepted`.

    The link proved the address. Refusal (422) at the field that cannot be taken, (409) when the link is closed.
    """
    invitation = _claim(token, now)
    check_new_password(password, username=username, name=name, email=invitation.email)
    person = create_person(username=username, email=invitation.email, name=name, password=password)
    _join(invitation, person)
    return person


@transaction.atomic
def accept(token: str, *, person: Person, now: datetime | None = None) -> Membership:
    """Join with the login one has already. Event: `invitation.accepted`; Refusal (409) when the link is closed."""
    return _join(_claim(token, now), person)


def _claim(token: str, now: datetime | None) -> Invitation:
    """Use the link up; of several at once the database lets one through."""
    moment = now or clock.now()
    still_open = Invitation.objects.filter(
        fingerprint=secrets.fingerprint(token), accepted_at=None, revoked_at=None, expires_at__gt=moment
    )
    if not still_open.update(accepted_at=moment):
        sentence = "This invitation was used, has expired or was taken back: ask for a new one."
        raise Refusal("invitation_closed", sentence, status=409)
    return Invitation.objects.select_related("organisation").get(fingerprint=secrets.fingerprint(token))


def _join(invitation: Invitation, person: Person) -> Membership:
    invitation.accepted_by = person
    invitation.save(update_fields=["accepted_by"])
    accounts = None if invitation.all_accounts else list(invitation.accounts.all())
    membership = add_member(
        person=person, organisation=invitation.organisation, roles=invitation.roles, accounts=accounts,
        actor=person.actor, now=invitation.accepted_at,
    )  # fmt: skip
    for account in invitation.opens.filter(buyer=None).select_for_update():
        connect_buyer(account, invitation.organisation, actor=person.actor)
    data = {"person_id": str(person.pk)}
    events.record("invitation.accepted", invitation, person.actor, concerns=(membership,), data=data)
    return membership


def _open_ones(organisation: Organisation, email: str, now: datetime) -> models.QuerySet[Invitation]:
    return Invitation.objects.filter(
        organisation=organisation, email_folded=folded(email), accepted_at=None, revoked_at=None, expires_at__gt=now
    )


def _refuse_member(organisation: Organisation, email: str) -> None:
    members = Membership.objects.filter(organisation=organisation, ended_at=None)
    if members.filter(person__email_folded=folded(email)).exists():
        sentence = "Somebody with this address works for you already: change their roles instead."
        raise Refusal("already_member", sentence, status=409, field="email")


def _mail(invitation: Invitation, actor: Actor, token: str, letter: str) -> None:
    organisation = invitation.organisation
    words = {
        "organisation": organisation, "inviter": actor.name if actor.kind == "person" else "",
        "suppliers": sorted({account.supplier.name for account in invitation.opens.select_related("supplier")}),
        "link": settings.BASE_URL + reverse("account_invitation", args=[token]), "expires_at": invitation.expires_at,
    }  # fmt: skip
    title = render_to_string(f"{letter}_subject.txt", words).strip()
    body = render_to_string(f"{letter}.txt", words)
    EmailMessage(title, body, to=[invitation.email]).send()
