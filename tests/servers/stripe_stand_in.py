"""A stand-in for Stripe on this machine: localstripe, bound to 127.0.0.1, and on top of it what localstripe lacks.

localstripe itself answers for customers, payment methods, PaymentIntents, SetupIntents, charges, refunds and balance
transactions. Ours are: Checkout Sessions (in payment and setup mode), the idempotency key, the span of a list, and
documents that a test lays down for what neither knows (disputes, debits, small amounts): `lay_down`.
"""

import asyncio
import json
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web
from localstripe import resources, server
from localstripe.errors import UserError

DOCUMENTS = Path(__file__).parents[1] / "data" / "stripe"


class CheckoutSession(resources.StripeObject):
    """As Stripe's API reference has it, in the fields that are used here."""

    object = "checkout.session"
    _id_prefix = "cs_"

    def __init__(self, mode: str = "", client_reference_id: str = "", **asked: Any) -> None:
        super().__init__()
        self.id: str = self.id.replace("cs_", "cs_test_")
        resources.store[f"{self.object}:{self.id}"] = self
        self.mode, self.client_reference_id, self.metadata = mode, client_reference_id, asked.get("metadata") or {}
        self.customer, self.payment_method_types = asked.get("customer"), asked["payment_method_types"]
        price = asked["line_items"][0]["price_data"] if mode == "payment" else {}
        self.amount_total = int(price.get("unit_amount", 0)) or None
        self.currency = price.get("currency")
        self.url: str | None
        self.status, self.url = "open", f"https://checkout.stripe.com/c/pay/{self.id}"
        self.payment_intent: str | None = None
        self.setup_intent: str | None = None
        self._told = (asked.get("payment_intent_data") or asked.get("setup_intent_data") or {}).get("metadata") or {}
        if mode == "payment" and not self.amount_total:
            raise UserError(400, "The amount is too small.", {"code": "amount_too_small"})

    def _pay(self, method: dict[str, Any]) -> None:
        """The payer gives this on the page; a card that is declined leaves the page open."""
        if self.status != "open":
            return
        kept = resources.PaymentMethod(**method)
        intent = resources.PaymentIntent(self.amount_total, self.currency, self.customer, kept.id, dict(self._told))
        try:
            intent._confirm(on_failure_now=intent._report_failure)
        except UserError:
            return
        self.payment_intent, self.status, self.url = intent.id, "complete", None
        intent.latest_charge.metadata = dict(self._told)

    def _keep(self, method: dict[str, Any]) -> None:
        """The owner gives this on the page, to be kept."""
        kept = resources.PaymentMethod(**method)
        intent = resources.SetupIntent(self.customer, metadata=dict(self._told))
        intent._attach_pm(kept)
        kept.customer = self.customer
        self.setup_intent, self.status, self.url = intent.id, "complete", None

    @classmethod
    def _api_expire(cls, id: str) -> Any:
        session = cls._api_retrieve(id)
        if session.status != "open":
            raise UserError(400, "Only open sessions can be expired.")
        session.status, session.url = "expired", None
        return session


@web.middleware
async def _as_stripe_does(request: web.Request, handler: Any) -> web.StreamResponse:
    """The idempotency key, the document laid down for a call, a call that is swallowed, and the span of a list."""
    stand_in: StandIn = request.app[_STAND_IN]
    body = (await request.read()).decode(errors="replace")
    called = f"{request.method} {request.path}"
    stand_in.calls.append((called, dict(parse_qsl(body)), dict(request.headers)))
    if called in stand_in.fails:
        return web.json_response({"error": {"type": "api_error", "message": "try again"}}, status=500)
    if called in stand_in.documents:
        status, document = stand_in.documents[called]
        return web.json_response(document, status=status)
    key = (request.headers.get("Idempotency-Key", ""), called)
    if key[0] and key in stand_in.kept:
        return web.json_response(stand_in.kept[key])
    if (refusal := _of_another(called, body)) is not None:
        return web.json_response(refusal, status=400)
    if request.method == "GET" and request.query:
        request = request.clone(rel_url=request.rel_url.with_query(
            [(name, value) for name, value in request.query.items() if not name.startswith("created[")]
        ))  # fmt: skip
    answer: web.Response = await handler(request)
    if key[0] and answer.status == 200:
        stand_in.kept[key] = json.loads(answer.text or "{}")
    if called in stand_in.silent:
        return web.json_response({"error": {"type": "api_error", "message": "try again"}}, status=500)
    return answer


def _of_another(called: str, body: str) -> dict[str, Any] | None:
    """Stripe charges a method only with the customer to whom it is attached; localstripe does not ask."""
    sent = dict(parse_qsl(body))
    if called != "POST /v1/payment_intents" or "customer" not in sent:
        return None
    kept = resources.store.get(f"payment_method:{sent.get('payment_method', '')}")
    if kept is not None and kept.customer == sent["customer"]:
        return None
    return {"error": {"type": "invalid_request_error", "param": "payment_method", "message": "It is not attached."}}


class StandIn:
    """url: where it listens; calls: what was asked of it; fails, silent: calls ("POST /v1/refunds") that answer 500
    without having done it, and although they have."""

    def __init__(self) -> None:
        self.url = ""
        self.clear()

    def clear(self) -> None:
        self.calls: list[tuple[str, dict[str, str], dict[str, str]]] = []
        self.kept: dict[tuple[str, str], Any] = {}
        self.documents: dict[str, tuple[int, Any]] = {}
        self.fails: set[str] = set()
        self.silent: set[str] = set()
        resources.store.clear()

    def lay_down(self, called: str, name: str, *, http: int = 200, **words: str) -> None:
        """Answer a call with a document of tests/data/stripe, its {{words}} filled in."""
        text = (DOCUMENTS / f"{name}.json").read_text()
        for word, value in words.items():
            text = text.replace("{{" + word + "}}", value)
        self.documents[called] = (http, json.loads(text)["answer"])

    def session_of(self, reference: object) -> CheckoutSession:
        found = [each for each in resources.store.values() if isinstance(each, CheckoutSession)]
        return next(each for each in found if each.client_reference_id == str(reference))

    def charges_of(self, reference: object) -> int:
        """How often card or account were really charged for a reference."""
        intents = [each for each in resources.store.values() if isinstance(each, resources.PaymentIntent)]
        ours = [each for each in intents if each.metadata.get("eipp_reference") == str(reference)]
        return sum(each.status in ("succeeded", "processing") for each in ours)


_STAND_IN = web.AppKey("stand_in", StandIn)


@contextmanager
def running() -> Iterator[StandIn]:
    """The stand-in, in a thread of this process, for this machine alone."""
    stand_in, loop = StandIn(), asyncio.new_event_loop()
    resources.store.dump_to_disk = lambda: None
    resources.schedule_webhook = lambda event: None  # the tests sign and send their own
    app = web.Application(middlewares=[_as_stripe_does])
    app[_STAND_IN] = stand_in
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # localstripe has bare functions
        app.router.add_post("/v1/checkout/sessions", server.api_create(CheckoutSession, ""))
        app.router.add_get("/v1/checkout/sessions", server.api_list_all(CheckoutSession, "/v1/checkout/sessions"))
        app.router.add_get("/v1/checkout/sessions/{id}", server.api_retrieve(CheckoutSession, ""))
        app.router.add_post("/v1/checkout/sessions/{id}/expire", server.api_extra(CheckoutSession._api_expire, ""))
        app.router.add_routes(
            [web.route(route.method, route.resource.canonical, route.handler) for route in server.app.router.routes()
             if route.resource is not None and route.method != "HEAD"]
        )  # fmt: skip
    app.middlewares.extend(server.app.middlewares[:1])

    async def start() -> None:
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        stand_in.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        started.set()

    started = threading.Event()
    asyncio.run_coroutine_threadsafe(start(), loop)
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    assert started.wait(10)
    try:
        yield stand_in
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
