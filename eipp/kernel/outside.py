"""Outside: the one way by which this installation calls an address that somebody typed (webhooks).

Resolved once, judged, and connected to that very address; TLS checks the certificate of the name. No redirect is
followed; 15 seconds in all, 64 KiB read. Many calls go side by side, so that a slow receiver holds up no other.
"""

import asyncio
import socket
import ssl
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from ipaddress import ip_address

import httpx

from eipp.kernel.outside_address import Resolve, Target, is_allowed, is_public, target
from eipp.kernel.refusal import Refusal

SECONDS = 15.0
MOST = 64 * 1024
_ASKING = ThreadPoolExecutor(max_workers=16, thread_name_prefix="names")  # a name server that hangs holds up nobody


@dataclass(frozen=True, slots=True)
class Call:
    """A POST to be made."""

    url: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of it. status: None where there was no answer, for the reason in `fault`; body: 64 KiB at most."""

    status: int | None
    milliseconds: int
    body: bytes = b""
    fault: str = ""

    @property
    def is_taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


async def ask_system(host: str, port: int) -> Sequence[str]:
    """The addresses of a name, as this system finds them."""
    loop = asyncio.get_running_loop()
    found = await loop.run_in_executor(_ASKING, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    return [str(address[0]) for *_, address in found]


def post_all(calls: Sequence[Call], *, resolve: Resolve = ask_system, seconds: float = SECONDS) -> list[Answer]:
    """Make all calls side by side; an answer for each, in order. Nothing is raised for a receiver's fault."""

    async def all_of_them() -> list[Answer]:
        return list(await asyncio.gather(*(_post(call, resolve, seconds) for call in calls)))

    return asyncio.run(all_of_them())


async def _post(call: Call, resolve: Resolve, seconds: float) -> Answer:
    began, status, body, fault = time.monotonic(), None, b"", ""
    try:
        async with asyncio.timeout(seconds):
            wanted = target(call.url)
            status, body = await _exchange(call, wanted, await _reached(wanted, resolve))
    except TimeoutError:
        fault = f"No whole answer came within {seconds:g} seconds."
    except Refusal as refusal:
        fault = refusal.sentence
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        fault = _said(error)
    return Answer(status, round((time.monotonic() - began) * 1000), body, fault)


async def _reached(wanted: Target, resolve: Resolve) -> str:
    """The address to connect to; Refusal where any that the name has is not for the public."""
    try:
        found = [ip_address(wanted.host).compressed]
    except ValueError:
        try:
            found = list(await resolve(wanted.host, wanted.port))
        except OSError:
            found = []
    if not found:
        raise Refusal("unknown_name", f"There is no host of the name {wanted.host}.")
    for address in found:
        if not is_allowed(wanted, address) and not is_public(ip_address(address)):
            sentence = f"The name {wanted.host} leads into a private network; webhooks go to public addresses only."
            raise Refusal("address_refused", sentence)
    return found[0]


async def _exchange(call: Call, wanted: Target, address: str) -> tuple[int, bytes]:
    """Connected by number, so that nobody is asked a second time; the name goes into TLS and the Host field."""
    number = f"[{address}]" if ":" in address else address
    url = f"{wanted.scheme}://{number}:{wanted.port}{wanted.path}"
    headers = {**call.headers, "Host": wanted.written, "Connection": "close", "Accept-Encoding": "identity"}
    async with httpx.AsyncClient(
        verify=_trust(), timeout=SECONDS, follow_redirects=False, trust_env=False, http2=False
    ) as client:
        named = {"sni_hostname": wanted.host}
        request = client.build_request("POST", url, content=call.body, headers=headers, extensions=named)
        answer = await client.send(request, stream=True)
        try:
            return answer.status_code, await _beginning(answer)
        finally:
            await answer.aclose()


async def _beginning(answer: httpx.Response) -> bytes:
    body = b""
    async for part in answer.aiter_raw():
        body += part
        if len(body) >= MOST:
            break
    return body[:MOST]


@cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()


def _said(error: Exception) -> str:
    """What went wrong, without the inner names of a library."""
    if isinstance(error, httpx.ConnectError):
        return f"No connection: {str(error)[:200] or 'refused'}."
    if isinstance(error, httpx.RemoteProtocolError):
        return "The receiver closed the connection without an answer, or did not speak HTTP."
    return f"{type(error).__name__}: {str(error)[:200]}"
