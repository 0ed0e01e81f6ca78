"""API keys: shown once, kept as a fingerprint, opened by scopes, rotated and revoked."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from eipp.accounts.api_key import PREFIX, SHOWN, ApiKey, actor_for_key, create_api_key, revoke_api_key, rotate_api_key
from eipp.accounts.membership import actor_for
from eipp.kernel import clock
from eipp.kernel.refusal import Refusal
from tests.accounts.cast import Cast, recorded


@pytest.fixture
def key(cast: Cast) -> tuple[ApiKey, str]:
    return create_api_key(organisation=cast.nordwind, name="ERP", scopes=["invoices:write"], actor=actor_for(cast.mona))


def test_a_program_acts_with_the_rights_of_its_scopes(cast: Cast, key: tuple[ApiKey, str]) -> None:
    actor = actor_for_key(key[1])
    assert actor
    assert (actor.kind, actor.side, actor.organisation_id, actor.via) == ("key", "supplier", cast.nordwind.pk, "api")
    assert actor.may("invoice.post")
    assert not actor.may("dispute.work")
    assert actor.id == key[0].pk


def test_the_secret_is_kept_nowhere(key: tuple[ApiKey, str]) -> None:
    row, secret = key
    row.refresh_from_db()
    kept = [str(value) for value in vars(row).values()]
    kept += [str(vars(event)) for event in recorded("api_key.created")]
    assert len(secret) > 40
    assert not any(secret in text for text in kept)
    assert row.prefix == secret[:SHOWN]
    assert len(row.fingerprint) == 64


@pytest.mark.parametrize("spoil", [str.upper, lambda text: text[:-1], lambda text: text + "x", lambda text: "é" + text])
def test_anything_else_opens_nothing(key: tuple[ApiKey, str], spoil: Callable[[str], str]) -> None:
    assert actor_for_key(spoil(key[1])) is None


@pytest.mark.parametrize("token", ["", PREFIX, "\x00", "Bearer x", PREFIX + "\ud800"])
def test_what_is_no_key_opens_nothing(db: None, token: str) -> None:
    assert actor_for_key(token) is None


def test_the_use_is_noted_once_a_minute_at_most(key: tuple[ApiKey, str]) -> None:
    row, secret = key
    now = clock.now()
    queries = []
    for seconds in (0, 1, 59, 61, 62):
        with CaptureQueriesContext(connection) as captured:
            actor_for_key(secret, now=now + timedelta(seconds=seconds))
        queries.append(len(captured))
    assert queries == [2, 1, 1, 2, 1]
    row.refresh_from_db()
    assert row.last_used_at == now + timedelta(seconds=61)


def test_a_revoked_key_opens_nothing(cast: Cast, key: tuple[ApiKey, str]) -> None:
    revoke_api_key(actor_for(cast.mona), key[0])
    assert actor_for_key(key[1]) is None
    assert len(recorded("api_key.revoked")) == 1
    with pytest.raises(Refusal):
        revoke_api_key(actor_for(cast.mona), key[0])


def test_an_expired_key_opens_nothing(cast: Cast) -> None:
    now = clock.now()
    _, secret = create_api_key(
        organisation=cast.nordwind, name="Brief", scopes=["invoices:read"], expires_at=now + timedelta(hours=1)
    )
    assert actor_for_key(secret, now=now)
    assert actor_for_key(secret, now=now + timedelta(hours=1)) is None


def test_a_rotated_key_opens_for_the_overlap_only(cast: Cast, key: tuple[ApiKey, str]) -> None:
    now = clock.now()
    successor, secret = rotate_api_key(actor_for(cast.mona), key[0], overlap=timedelta(hours=1), now=now)
    assert secret != key[1]
    assert successor.scopes == key[0].scopes
    assert actor_for_key(secret, now=now)
    assert actor_for_key(key[1], now=now + timedelta(minutes=59))
    assert actor_for_key(key[1], now=now + timedelta(hours=1)) is None
    assert len(recorded("api_key.rotated")) == 1


def test_only_administrators_make_keys_and_only_for_their_own_organisation(cast: Cast) -> None:
    with pytest.raises(Refusal) as refused:
        create_api_key(organisation=cast.brightwater, name="x", scopes=["invoices:read"], actor=actor_for(cast.anna))
    assert refused.value.status == 403
    with pytest.raises(cast.brightwater.DoesNotExist):
        create_api_key(organisation=cast.brightwater, name="x", scopes=["invoices:read"], actor=actor_for(cast.mona))


def test_a_strangers_key_does_not_exist(cast: Cast, key: tuple[ApiKey, str]) -> None:
    for call in (revoke_api_key, rotate_api_key):
        with pytest.raises(ApiKey.DoesNotExist):
            call(cast.administrator, key[0])
    assert actor_for_key(key[1])


def test_a_scope_of_the_other_side_is_refused(cast: Cast) -> None:
    with pytest.raises(Refusal):
        create_api_key(organisation=cast.nordwind, name="x", scopes=["payments:write"])
