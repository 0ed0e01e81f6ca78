"""Stripe's client for one payee: bounded, never repeating by itself, and its errors in the contract's words."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from typing import Any

import stripe
import structlog
from django.conf import settings

from eipp.gateways.gateway import NoAnswer

log = structlog.get_logger()
stripe.enable_telemetry = False
MOST_LISTED = 5000
#: Errors that say nothing about whether it was done, or that pass: ask again.
_UNCERTAIN = (
    stripe.APIConnectionError, stripe.APIError, stripe.RateLimitError, stripe.IdempotencyError,
    stripe.AuthenticationError, stripe.PermissionError,
)  # fmt: skip


def client_of(secret_key: str) -> stripe.StripeClient:
    """A client with a payee's key; `settings.STRIPE_URL` is Stripe's address, or a stand-in's on this machine."""
    base: Any = {"api": settings.STRIPE_URL, "files": settings.STRIPE_URL} if settings.STRIPE_URL else {}
    return stripe.StripeClient(
        secret_key, max_network_retries=0, base_addresses=base,
        http_client=stripe.RequestsClient(timeout=settings.GATEWAY_SECONDS),
    )  # fmt: skip


@contextmanager
def answering() -> Iterator[None]:
    """A call: what is no answer that one can rely on becomes NoAnswer. Refusals of Stripe's pass, each to be judged."""
    try:
        yield
    except _UNCERTAIN as error:
        kind = type(error).__name__
        if isinstance(error, stripe.AuthenticationError | stripe.PermissionError):
            log.error("stripe.refuses_us", error=kind)
        raise NoAnswer(f"Stripe: {kind}") from error


def plain(found: Any) -> dict[str, Any]:
    """Stripe's object as plain data."""
    data: dict[str, Any] = found.to_dict()
    return data


def listed(ask: Callable[[], Any]) -> Iterator[dict[str, Any]]:
    """All pages of a list, up to a bound."""
    with answering():
        for one in islice(ask().auto_paging_iter(), MOST_LISTED):
            yield plain(one)


def error_of(error: stripe.StripeError) -> Mapping[str, Any]:
    """What Stripe says of a refusal: `code`, `decline_code`, and the intent it left behind."""
    body = error.json_body if isinstance(error.json_body, dict) else {}
    told = body.get("error")
    return told if isinstance(told, dict) else {}
