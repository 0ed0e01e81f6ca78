"""Numbering: without gaps and doubles, also when a document is refused or many take numbers at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from eipp.kernel import numbering


@pytest.mark.django_db
def test_numbers_follow_one_another_in_each_range() -> None:
    assert [list(numbering.take("a")), list(numbering.take("b")), list(numbering.take("a", count=3))] == [
        [1], [1], [2, 3, 4],
    ]  # fmt: skip


@pytest.mark.django_db
def test_a_number_whose_document_is_refused_is_given_again() -> None:
    numbering.take("a")
    with pytest.raises(LookupError), transaction.atomic():
        numbering.take("a")
        raise LookupError
    assert list(numbering.take("a")) == [2]


@pytest.mark.django_db(transaction=True)
def test_a_number_is_taken_in_the_transaction_of_its_document() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        numbering.take("a")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_take_twenty_numbers() -> None:
    def take(_: int) -> int:
        try:
            with transaction.atomic():
                return numbering.take("a")[0]
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        assert sorted(pool.map(take, range(200))) == list(range(1, 201))
