"""The store's contract as tests: each side subclasses it and says what `store` is and how a client can `send`."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from documents.store import INCOMING, Store, UploadTicket, new_key
from eipp.kernel import clock

type_of_send = Callable[[UploadTicket, bytes], int]


class StoreContract:
    """Subclasses bring the fixtures `store` and `send(ticket, content) -> HTTP status`, as a client outside would."""

    def test_what_was_put_can_be_opened(self, store: Store) -> None:
        key = new_key()
        store.put(key, b"some bytes\0\xff")
        with store.open(key) as stream:
            assert stream.read() == b"some bytes\0\xff"
        assert store.size(key) == 12

    def test_putting_again_replaces_all_of_it(self, store: Store) -> None:
        key = new_key()
        store.put(key, b"the longer first version")
        store.put(key, b"second")
        with store.open(key) as stream:
            assert stream.read() == b"second"

    def test_a_missing_key_has_no_size_and_nothing_to_open(self, store: Store) -> None:
        key = new_key()
        assert store.size(key) is None
        with pytest.raises(FileNotFoundError):
            store.open(key)

    def test_deleting_is_for_good_and_twice_is_no_error(self, store: Store) -> None:
        key = new_key()
        store.put(key, b"x")
        store.delete(key)
        store.delete(key)
        assert store.size(key) is None

    def test_moving_takes_the_bytes_away_from_where_they_were(self, store: Store) -> None:
        incoming, kept = new_key(INCOMING), new_key()
        store.put(incoming, b"x")
        assert store.move(incoming, kept) is True
        assert (store.size(incoming), store.size(kept)) == (None, 1)
        assert store.move(incoming, kept) is False
        assert store.size(kept) == 1

    def test_keys_are_never_names_from_outside(self, store: Store) -> None:
        for name in ("../secret", "kept/../../etc/passwd", "/etc/passwd", "kept/invoice.pdf", ""):
            with pytest.raises(ValueError, match="key"):
                store.put(name, b"x")

    def test_a_ticket_lets_someone_outside_write_exactly_its_key(self, store: Store, send: type_of_send) -> None:
        key = new_key(INCOMING)
        ticket = store.ticket(key, max_bytes=5, content_type="text/plain", now=clock.now())
        assert ticket.max_bytes == 5
        assert send(ticket, b"hello") in (200, 201, 204)
        with store.open(key) as stream:
            assert stream.read() == b"hello"

    def test_a_ticket_takes_no_byte_more_than_announced(self, store: Store, send: type_of_send) -> None:
        key = new_key(INCOMING)
        ticket = store.ticket(key, max_bytes=5, content_type="text/plain", now=clock.now())
        assert send(ticket, b"hello!") in (400, 403, 413)
        assert store.size(key) is None

    def test_a_ticket_ends(self, store: Store, send: type_of_send) -> None:
        key = new_key(INCOMING)
        ticket = store.ticket(key, max_bytes=5, content_type="text/plain", now=clock.now() - timedelta(hours=1))
        assert send(ticket, b"hello") in (400, 403)
        assert store.size(key) is None

    def test_a_forged_ticket_is_refused(self, store: Store, send: type_of_send) -> None:
        key = new_key(INCOMING)
        ticket = store.ticket(key, max_bytes=5, content_type="text/plain", now=clock.now())
        for forged in self.forgeries(ticket):
            assert send(forged, b"hello") in (400, 403, 404)
        assert store.size(key) is None

    def forgeries(self, ticket: UploadTicket) -> list[UploadTicket]:
        """The ticket with its address, or each of its fields, changed by one letter."""
        changed = [
            replace(ticket, fields={**ticket.fields, name: _other(ticket.fields[name])}) for name in ticket.fields
        ]
        return changed or [replace(ticket, url=_other(ticket.url))]


def _other(text: str) -> str:
    return text[:-1] + ("0" if text[-1] != "0" else "1")
