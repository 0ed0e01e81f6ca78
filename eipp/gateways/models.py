"""The gateways' rows."""

from eipp.gateways.sandbox import SandboxCharge, SandboxMeans, SandboxRefund
from eipp.gateways.sandbox_books import SandboxTransaction
from eipp.gateways.sandbox_faults import SandboxFault

__all__ = ["SandboxCharge", "SandboxFault", "SandboxMeans", "SandboxRefund", "SandboxTransaction"]
