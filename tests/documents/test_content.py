"""What is accepted is told by content: every kind once, and every disguise refused with its reason."""

import struct
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents import content as contents
from documents.name import LONGEST, clean_name
from eipp.kernel.refusal import Refusal
from tests.documents import samples


@pytest.mark.parametrize("name", samples.ACCEPTED)
def test_each_kind_on_the_list_is_recognised(name: str) -> None:
    content, content_type = samples.ACCEPTED[name]
    assert contents.judge(content, name).content_type == content_type


def test_every_kind_on_the_list_has_its_sample() -> None:
    assert {content_type for _, content_type in samples.ACCEPTED.values()} == set(contents.ALLOWED)


@pytest.mark.parametrize("case", samples.REFUSED)
def test_each_disguise_is_refused(case: str) -> None:
    name, content, code = samples.REFUSED[case]
    with pytest.raises(Refusal) as refused:
        contents.judge(content, name)
    assert (refused.value.code, refused.value.status) == (code, 422)


def test_a_file_above_20_mb_is_refused_before_anything_is_looked_at() -> None:
    with pytest.raises(Refusal) as refused:
        contents.judge(b"x" * (20 * 1024 * 1024 + 1), "a.txt")
    assert (refused.value.code, refused.value.status) == ("too_large", 413)


def test_a_name_without_ending_gets_the_one_that_fits() -> None:
    assert contents.judge(samples.PDF, "invoice").ending == ".pdf"


def test_an_encrypted_spreadsheet_is_refused() -> None:
    content = bytearray(samples.office())
    at = content.find(b"PK\x01\x02")
    struct.pack_into("<H", content, at + 8, 1)
    with pytest.raises(Refusal) as refused:
        contents.judge(bytes(content), "a.xlsx")
    assert refused.value.code == "encrypted"


def test_a_directory_of_countless_entries_costs_no_memory() -> None:
    entry = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", *[0] * 16)
    body = b"PK\x03\x04" + entry * 400_000
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 65_535, 65_535, len(entry) * 400_000, 4, 0)
    content = body + end
    tracemalloc.start()
    with pytest.raises(Refusal):
        contents.judge(content, "a.xlsx")
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=300), st.sampled_from(["a.pdf", "a.xlsx", "a.txt", "a.xml", "a.eml", "a", "a.exe"]))
def test_whatever_the_bytes_the_answer_is_a_kind_or_a_refusal(content: bytes, name: str) -> None:
    for start in (b"", b"PK\x03\x04", samples.office()[:120], b"%PDF-1.4"):
        try:
            assert contents.judge(start + content, name).content_type in contents.ALLOWED
        except Refusal as refusal:
            assert refusal.status == 422


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\invoice.pdf", "invoice.pdf"),
        ("in\0voice\u202efdp.exe", "invoicefdp.exe"),
        ("a\r\nSet-Cookie: x.txt", "a-Set-Cookie- x.txt".replace("a-", "a")),
        ("  .. ", "file"),
        ("", "file"),
        ("Rechnung März.pdf", "Rechnung März.pdf"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_a_name_from_outside_is_made_harmless(given_name: str, kept: str) -> None:
    assert clean_name(given_name) == kept


@given(st.text(max_size=300))
def test_no_name_has_folders_or_unseen_signs(name: str) -> None:
    kept = clean_name(name)
    assert 0 < len(kept) <= LONGEST
    assert not set(kept) & set('/\\\0\r\n\u202e\u2066"')
    kept.encode()
