"""The gateways' rows."""

from eipp.gateways.sandbox import SandboxCharge

__all__ = ["SandboxCharge"]
