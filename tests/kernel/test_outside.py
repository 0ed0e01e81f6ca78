"""Outside calls are fenced: tried against real receivers on this machine, and over spellings of addresses."""

import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address, ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.conf import LazySettings
from hypothesis import given
from hypothesis import strategies as some

from eipp.kernel import outside
from eipp.kernel.outside import Answer, Call, post_all
from eipp.kernel.outside_address import is_public, target
from eipp.kernel.refusal import Refusal
from eipp.settings import environment

HERE = "127.0.0.1"
PRIVATE = (
    "127.0.0.1", "127.8.9.10", "0.0.0.0", "10.0.0.1", "172.16.3.4", "192.168.1.1", "100.64.0.1", "100.100.100.200",
    "169.254.169.254", "168.63.129.16", "192.0.0.192", "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.9",
    "192.88.99.1", "224.0.0.1", "239.1.2.3", "240.0.0.1", "255.255.255.255",
    "::", "::1", "fe80::1", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1", "100::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1",
    "2002:7f00:1::", "2002:a9fe:a9fe::1", "2001:0:a00:1::", "::ffff:0:127.0.0.1",
)  # fmt: skip
PUBLIC = ("93.184.215.14", "8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "2a00:1450:4001:82a::200e")


class Receiver(BaseHTTPRequestHandler):
    """Says back what its path asks for."""

    heard: list[tuple[str, dict[str, str], bytes]] = []

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        Receiver.heard.append((self.path, dict(self.headers), self.rfile.read(length)))
        if self.path == "/elsewhere":
            self.send_response(302)
            self.send_header("Location", f"http://{self.headers['Host']}/redirected")
            self.end_headers()
            return
        if self.path in ("/drip", "/large"):
            self._go_on()
            return
        self.send_response(int(self.path.strip("/") or 200))
        self.end_headers()
        self.wfile.write(b"heard you")

    def _go_on(self) -> None:
        self.send_response(200)
        self.end_headers()
        waiting = threading.Event()
        while not waiting.wait(0.05 if self.path == "/drip" else 0):
            try:
                self.wfile.write(b"." if self.path == "/drip" else b"x" * 10_000)
                self.wfile.flush()
            except OSError:
                return

    def log_message(self, *args: object) -> None:
        pass


@contextmanager
def receiving(context: ssl.SSLContext | None = None) -> Iterator[int]:
    """A receiver on this machine; its port."""
    Receiver.heard = []
    server = ThreadingHTTPServer((HERE, 0), Receiver)
    server.daemon_threads = True
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def port(settings: LazySettings) -> Iterator[int]:
    with receiving() as found:
        settings.OUTSIDE_ALLOW = [f"{HERE}:{found}"]
        yield found


async def here(host: str, _port: int) -> Sequence[str]:
    """A name server that knows every name: it is this machine."""
    return [HERE]


def post(url: str, **more: Any) -> Answer:
    return post_all([Call(url, b"{}")], **more)[0]


def test_a_public_name_is_called_at_the_address_that_was_judged_and_by_its_name(port: int) -> None:
    asked = []

    async def counted(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return [HERE]

    answer = post(f"http://hooks.example.com:{port}/201", resolve=counted)
    assert (answer.status, answer.body, answer.fault) == (201, b"heard you", "")
    assert asked == ["hooks.example.com"]  # once: what is judged is what is connected to
    assert Receiver.heard[0][1]["Host"] == f"hooks.example.com:{port}"


def test_a_name_that_leads_into_a_private_network_is_never_connected_to(settings: LazySettings) -> None:
    with receiving() as port:
        settings.OUTSIDE_ALLOW = []
        refused = post(f"http://hooks.example.com:{port}/200", resolve=here)
        assert refused.status is None and "private network" in refused.fault
        assert not Receiver.heard
        settings.OUTSIDE_ALLOW = [HERE]  # the control: only the fence kept it away
        assert post(f"http://hooks.example.com:{port}/200", resolve=here).status == 200


def test_one_private_address_among_public_ones_is_enough_to_refuse(settings: LazySettings) -> None:
    settings.OUTSIDE_ALLOW = []
    for address in PRIVATE:

        async def both(host: str, _port: int, private: str = address) -> Sequence[str]:
            return [PUBLIC[0], private]

        assert "private network" in post("http://hooks.example.com/", resolve=both).fault, address


def test_a_redirect_is_an_answer_and_is_not_followed(port: int) -> None:
    answer = post(f"http://{HERE}:{port}/elsewhere")
    assert answer.status == 302 and not answer.is_taken
    assert [path for path, _, _ in Receiver.heard] == ["/elsewhere"]


def test_no_more_than_64_kib_are_read(port: int) -> None:
    answer = post(f"http://{HERE}:{port}/large")
    assert (answer.status, len(answer.body)) == (200, outside.MOST)


def test_an_answer_that_drips_ends_with_the_time(port: int) -> None:
    answer = post(f"http://{HERE}:{port}/drip", seconds=0.6)
    assert answer.status is None and "0.6 seconds" in answer.fault
    assert 500 <= answer.milliseconds < 5000


def test_a_receiver_that_says_nothing_holds_up_no_other(port: int, settings: LazySettings) -> None:
    with socket.create_server((HERE, 0)) as silent:
        settings.OUTSIDE_ALLOW = [HERE]
        slow = Call(f"http://{HERE}:{silent.getsockname()[1]}/", b"{}")
        answers = post_all([slow, Call(f"http://{HERE}:{port}/200", b"{}"), slow], seconds=0.7)
    assert [answer.status for answer in answers] == [None, 200, None]
    assert answers[1].milliseconds < 600


def test_nobody_there_is_said_and_not_raised(settings: LazySettings) -> None:
    with socket.create_server((HERE, 0)) as taken:
        port = taken.getsockname()[1]
    settings.OUTSIDE_ALLOW = [HERE]
    assert post(f"http://{HERE}:{port}/").fault.startswith("No connection")

    async def unknown(host: str, _port: int) -> Sequence[str]:
        raise socket.gaierror(8, "not known")

    assert "no host of the name" in post("https://nowhere.example.com/", resolve=unknown).fault


def test_the_certificate_is_that_of_the_name(
    tmp_path: Path, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, context = _certificate(tmp_path, "hooks.example.com")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    outside._trust.cache_clear()
    try:
        with receiving(context) as port:
            settings.OUTSIDE_ALLOW = [HERE]
            assert post(f"https://hooks.example.com:{port}/200", resolve=here).status == 200
            wrong = post(f"https://other.example.com:{port}/200", resolve=here)
            assert wrong.status is None and "certificate" in wrong.fault.lower()
    finally:
        outside._trust.cache_clear()


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_for_the_public_is_refused(address: str, settings: LazySettings) -> None:
    settings.OUTSIDE_ALLOW = []
    assert not is_public(ip_address(address))
    with pytest.raises(Refusal) as refused:
        target(f"https://[{address}]/" if ":" in address else f"https://{address}/")
    assert (refused.value.status, refused.value.field) == (422, "url")


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_for_the_public_is_taken(address: str) -> None:
    assert is_public(ip_address(address))
    assert target(f"https://[{address}]/x?y" if ":" in address else f"https://{address}/x?y").path == "/x?y"


@pytest.mark.parametrize(
    "url",
    [
        "", "hooks.example.com", "ftp://hooks.example.com/", "file:///etc/passwd", "https://", "https:///x",
        "https://localhost/", "https://localhost./", "https://LOCALHOST/", "https://a.localhost/",
        "https://erp/", "https://erp.internal/", "https://printer.local/", "https://box.home.arpa/",
        "https://user:secret@hooks.example.com/", "https://user@hooks.example.com/",
        "https://hooks.example.com:0/", "https://hooks.example.com:99999/", "https://hooks.example.com:x/",
        "https://hooks.example.com/#x", "https://hooks.example.com\\@127.0.0.1/", "https://hooks .example.com/",
        "https://hooks.example.com/\r\nX: y", "https://[fe80::1%25eth0]/", "https://[::1%eth0]/", "https://[::1/",
        "https://①②⑦.⓪.⓪.①/", "https://127。0。0。1/", "https://0x7f000001/", "https://2130706433/",
        "https://017700000001/", "https://127.1/", "https://0/", "https://0x7f.1/", "https://127.0.0.1./",
        "https://-x.example.com/", "https://xn--/", "https://" + "a" * 600 + ".example.com/",
    ],
)  # fmt: skip
def test_what_may_not_be_called_is_refused_before_anything_is_asked(url: str, settings: LazySettings) -> None:
    settings.OUTSIDE_ALLOW = []
    with pytest.raises(Refusal):
        target(url)


@given(number=some.integers(min_value=0, max_value=2**32 - 1), data=some.data())
def test_a_spelling_changes_nothing(number: int, data: some.DataObject) -> None:
    """Every spelling that a system takes for an address is judged as the address that it is."""
    address = IPv4Address(number)
    spelt = data.draw(some.sampled_from(list(_spellings(number))))
    if is_public(address) and "[" not in spelt:  # IPv4 inside IPv6 is nobody's public address
        assert ip_address(target(f"http://{spelt}/").host) == address
    else:
        with pytest.raises(Refusal):
            target(f"http://{spelt}/")


@given(parts=some.tuples(*[some.integers(0, 255)] * 3))
def test_this_machine_is_refused_in_every_spelling(parts: tuple[int, int, int]) -> None:
    first, second, third = parts
    for spelt in _spellings(int(IPv4Address(f"127.{first}.{second}.{third}"))):
        with pytest.raises(Refusal):
            target(f"http://{spelt}/")


def test_private_receivers_are_never_allowed_beside_a_real_way_of_paying() -> None:
    environment.refuse_inside(["127.0.0.1"], ["sandbox", "bank_transfer"], harmless={"sandbox", "bank_transfer"})
    environment.refuse_inside([], ["stripe"], harmless={"sandbox"})
    with pytest.raises(environment.WrongSetting, match="EIPP_OUTSIDE_ALLOW"):
        environment.refuse_inside(["127.0.0.1"], ["sandbox", "stripe"], harmless={"sandbox"})


def _spellings(number: int) -> Iterator[str]:
    a, b, c, d = IPv4Address(number).packed
    yield f"{a}.{b}.{c}.{d}"
    yield f"{a}.{b}.{c}.{d}."
    yield str(number)
    yield hex(number)
    yield f"0{number:o}"
    yield f"{a}.{b}.{c << 8 | d}"
    yield f"{a}.{b << 16 | c << 8 | d}"
    yield f"{a:#x}.{b:#x}.{c:#x}.{d:#x}"
    yield f"0{a:o}.0{b:o}.0{c:o}.0{d:o}"
    yield f"[::ffff:{a}.{b}.{c}.{d}]"
    yield f"[::ffff:{a << 8 | b:x}:{c << 8 | d:x}]"


def _certificate(folder: Path, name: str) -> tuple[Path, ssl.SSLContext]:
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(who).issuer_name(who).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    certificate, secret = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, secret)
    return certificate, context
