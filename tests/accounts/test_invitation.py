"""Invitations: personal, for one use, expiring, revocable; looking uses nothing up."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client
from time_machine import TimeMachineFixture

from eipp.accounts import invitation as noun
from eipp.accounts.invitation import Invitation, accept_as_newcomer, invite, revoke_invitation
from eipp.accounts.membership import Membership, actor_for
from eipp.accounts.person import Person
from eipp.kernel import clock
from eipp.kernel.actor import Actor
from eipp.kernel.refusal import Refusal
from tests.accounts.cast import PASSWORD, Cast, build, recorded, steady
from tests.accounts.test_recovery import link_in

NEWCOMER = {"name": "Vera View", "username": "vera", "password": PASSWORD, "again": PASSWORD}


@pytest.fixture
def link(cast: Cast, mailoutbox: list[EmailMessage]) -> str:
    invite(cast.administrator, organisation=cast.brightwater, email="Vera@example.com", roles=["viewer"])
    return link_in(mailoutbox[-1])


def token_of(link: str) -> str:
    return link.rstrip("/").rpartition("/")[2]


def test_the_invited_chooses_user_name_and_password_and_is_in(browser: Client, cast: Cast, link: str) -> None:
    answer = browser.post(link, NEWCOMER)
    assert answer["Location"] == "/"
    vera = Person.objects.find("VERA")
    assert vera
    assert vera.email == "Vera@example.com"
    assert EmailAddress.objects.get(user=vera).verified
    assert actor_for(vera).roles == {"viewer"}
    assert browser.get("/accounts/profile/").status_code == 200
    for name in ("invitation.sent", "person.created", "membership.started", "invitation.accepted", "person.signed_in"):
        assert [event.name for event in recorded(name)][-1] == name
    event = recorded("invitation.accepted")[0]
    assert (event.buyer_id, event.actor_id) == (cast.brightwater.pk, vera.pk)


def test_the_link_stands_in_the_mail_and_nowhere_else(cast: Cast, link: str) -> None:
    token = token_of(link)
    row = Invitation.objects.get()
    assert token not in str(vars(row))
    assert all(token not in str(vars(event)) for event in recorded("invitation.sent"))
    assert "example.com" not in str(recorded("invitation.sent")[0].data)


def test_looking_at_it_uses_nothing_up(cast: Cast, link: str) -> None:
    for _ in range(3):
        assert "Work for Brightwater" in Client().get(link).content.decode()
    assert Client().post(link, NEWCOMER).status_code == 302


def test_it_works_once(cast: Cast, link: str) -> None:
    Client().post(link, NEWCOMER)
    assert Client().get(link).status_code == 404
    assert Client().post(link, {**NEWCOMER, "username": "vera2"}).status_code == 404
    assert Membership.objects.filter(organisation=cast.brightwater).count() == 3


def test_used_revoked_expired_and_never_made_are_one_answer(
    cast: Cast, link: str, time_machine: TimeMachineFixture, mailoutbox: list[EmailMessage]
) -> None:
    pages = [Client().get("/accounts/invitation/never-made/")]
    revoke_invitation(cast.administrator, Invitation.objects.get())
    pages.append(Client().get(link))
    invite(cast.administrator, organisation=cast.brightwater, email="Wim@example.com", roles=["viewer"])
    time_machine.move_to(clock.now() + timedelta(days=7, seconds=1))
    pages.append(Client().get(link_in(mailoutbox[-1])))
    assert {page.status_code for page in pages} == {404}
    assert len({steady(page).replace(page.request["PATH_INFO"], "") for page in pages}) == 1
    assert len(recorded("invitation.revoked")) == 1


def test_a_second_invitation_closes_the_first(cast: Cast, link: str, mailoutbox: list[EmailMessage]) -> None:
    invite(cast.administrator, organisation=cast.brightwater, email="vera@EXAMPLE.com", roles=["payer"])
    assert Client().get(link).status_code == 404
    assert Client().get(link_in(mailoutbox[-1])).status_code == 200


def test_a_refused_newcomer_loses_neither_words_nor_link(browser: Client, cast: Cast, link: str) -> None:
    for field, value in (
        ("username", "ANNA"),
        ("password", "short"),
        ("again", "other"),
        ("name", "a\x00"),
        ("username", "a@b"),
    ):
        answer = browser.post(link, {**NEWCOMER, field: value, **({"again": value} if field == "password" else {})})
        assert answer.status_code == 200
        assert answer.context["form"].errors[field]
    assert Invitation.objects.get().accepted_at is None
    assert not recorded("invitation.accepted")
    assert browser.post(link, NEWCOMER).status_code == 302


def test_one_login_serves_a_second_organisation(cast: Cast, link: str, browser: Client) -> None:
    browser.force_login(cast.mona)
    assert "Join as Mona" in browser.get(link).content.decode()
    assert browser.post(link)["Location"] == "/"
    assert actor_for(cast.mona, cast.brightwater.pk).roles == {"viewer"}
    assert actor_for(cast.mona, cast.nordwind.pk).side == "supplier"
    assert "Brightwater" in browser.get("/accounts/profile/").content.decode()


def test_who_has_a_login_with_the_address_is_asked_to_sign_in(
    cast: Cast, browser: Client, mailoutbox: list[EmailMessage]
) -> None:
    invite(cast.administrator, organisation=cast.brightwater, email="mona@example.com", roles=["viewer"])
    link = link_in(mailoutbox[-1])
    page = browser.get(link).content.decode()
    assert "sign in to join" in page
    assert f"/accounts/login/?next={link}" in page
    signed_in = browser.post("/accounts/login/", {"login": "mona", "password": PASSWORD, "next": link})
    assert signed_in["Location"] == link


def test_only_administrators_invite_and_only_into_their_own_organisation(cast: Cast) -> None:
    with pytest.raises(Refusal) as refused:
        invite(actor_for(cast.anna), organisation=cast.brightwater, email="v@example.com", roles=["viewer"])
    assert refused.value.status == 403
    with pytest.raises(cast.elsewhere.DoesNotExist):
        invite(cast.administrator, organisation=cast.elsewhere, email="v@example.com", roles=["viewer"])


@pytest.mark.parametrize(
    ("change", "code"),
    [({"roles": ["ar_clerk"]}, "unknown_role"), ({"roles": []}, "no_role"), ({"email": "x"}, "email_invalid"),
     ({"email": "anna@EXAMPLE.com"}, "already_member")],
)  # fmt: skip
def test_an_invitation_that_makes_no_sense_is_refused(cast: Cast, change: dict[str, Any], code: str) -> None:
    facts = {"email": "v@example.com", "roles": ["viewer"], **change}
    with pytest.raises(Refusal) as refused:
        invite(cast.administrator, organisation=cast.brightwater, **facts)
    assert refused.value.code == code


def test_an_invitation_may_be_limited_to_some_accounts(cast: Cast, mailoutbox: list[EmailMessage]) -> None:
    invite(
        cast.administrator, organisation=cast.brightwater, email="v@example.com", roles=["viewer"],
        accounts=[cast.branch],
    )  # fmt: skip
    vera = accept_as_newcomer(token_of(link_in(mailoutbox[-1])), username="vera", name="Vera", password=PASSWORD)
    assert actor_for(vera).account_ids == {cast.branch.pk}
    with pytest.raises(Refusal):
        invite(
            cast.administrator, organisation=cast.brightwater, email="w@example.com", roles=["viewer"],
            accounts=[cast.foreign],
        )  # fmt: skip


def test_without_the_guard_a_used_link_would_let_a_second_one_in(cast: Cast, link: str) -> None:
    """The negative control: joining itself does not look at the invitation's times."""
    row = Invitation.objects.select_related("organisation").get()
    noun._join(row, cast.mona)
    noun._join(row, cast.anna)
    assert len(recorded("invitation.accepted")) == 2


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_twenty_who_accept_one_link_at_once_one_joins(mailoutbox: list[EmailMessage]) -> None:
    cast = build()
    invite(cast.administrator, organisation=cast.brightwater, email="v@example.com", roles=["viewer"])
    token, start = token_of(link_in(mailoutbox[-1])), Barrier(20)

    def join(number: int) -> str:
        start.wait()
        try:
            accept_as_newcomer(token, username=f"vera{number}", name="Vera", password=PASSWORD)
            return "joined"
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        outcomes = sorted(pool.map(join, range(20)))
    assert outcomes == ["invitation_closed"] * 19 + ["joined"]
    assert len(recorded("invitation.accepted")) == 1
    assert Membership.objects.filter(organisation=cast.brightwater).count() == 3


def test_the_platform_itself_may_invite(cast: Cast, mailoutbox: list[EmailMessage]) -> None:
    now = clock.now()
    row = invite(Actor.system("setup"), organisation=cast.nordwind, email="n@example.com", roles=["ar_clerk"], now=now)
    assert row.expires_at == now + timedelta(days=7)
    assert "you are invited" in mailoutbox[-1].body
