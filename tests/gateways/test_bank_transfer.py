"""A bank transfer asks nobody: what it lacks it refuses, and what it is asked it answers without a provider."""

from uuid import uuid4

import pytest

from eipp.gateways.gateway import ForgedCallback, Gateway, Intent, gateway
from tests.gateways.contract import AMOUNT, HOME, CapabilityContract


class TestBankTransfer(CapabilityContract):
    def provider(self) -> Gateway:
        return gateway("bank_transfer")

    def test_there_is_no_page_and_the_money_is_waited_for_until_it_is_given_up(self) -> None:
        intent = Intent(uuid4(), AMOUNT, "Nordwind Handels GmbH", "P-000001", HOME, HOME, "bank_transfer")
        assert self.provider().open_checkout(intent).url == ""
        assert self.provider().look(intent.reference).status == "pending"
        assert self.provider().cancel(intent.reference).failure == "transfer_expired"

    def test_nobody_calls_back(self) -> None:
        with pytest.raises(ForgedCallback):
            self.provider().read_callback({}, b"")
