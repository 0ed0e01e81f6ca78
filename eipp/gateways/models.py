"""The gateways' rows."""

from eipp.gateways.callback import Callback
from eipp.gateways.gateway_account import GatewayAccount
from eipp.gateways.method_rule import MethodRule
from eipp.gateways.sandbox import SandboxCharge, SandboxMeans, SandboxRefund
from eipp.gateways.sandbox_books import SandboxTransaction
from eipp.gateways.sandbox_faults import SandboxFault
from eipp.gateways.stripe_reference import StripeReference

__all__ = [
    "Callback", "GatewayAccount", "MethodRule", "SandboxCharge", "SandboxFault", "SandboxMeans", "SandboxRefund",
    "SandboxTransaction", "StripeReference",
]  # fmt: skip
