"""Papers: data is never markup, the same facts give the same bytes, sums are carried over, every page is numbered."""

import io
import re
from dataclasses import replace
from datetime import date
from itertools import pairwise
from threading import Thread
from typing import Any

import pytest
import typst
from pypdf import PdfReader

from documents import pdf
from documents.paper import Column, HowToPay, Paper, Party, Row, Section, Sum
from documents.payment_code import epc
from eipp.kernel.money import Money

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft mbH & Co. KGaA"
HOSTILE = '#panic("no") *not bold* _x_ $1+1$ `raw` <label> @ref \\u{41} // comment /* */ #set page(width: 1pt)'


def paper(rows: int = 3, **changed: Any) -> Paper:
    columns = (Column("Line"), Column("Item", wide=True, lead=True), Column("Amount", end=True))
    section = Section(
        columns, [Row((str(n), f"Bolt M{n}", "2.00"), running=f"{2 * n}.00") for n in range(1, rows + 1)],
        carried="Carried over", brought="Brought forward", sums=[Sum("Total EUR", f"{2 * rows}.00", total=True)],
    )  # fmt: skip
    facts: dict[str, Any] = {
        "kind": "Invoice", "number": "RE-1", "issuer": "Nordwind", "date": date(2026, 3, 31), "sections": [section],
        "parties": [Party("To", "Brightwater")], "facts": [("Issued", "31 Mar 2026")],
    }  # fmt: skip
    return Paper(**{**facts, **changed})


def pages_of(content: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages]


@pytest.mark.parametrize("text", [HOSTILE, LONG, 'O\'Neill -- "Söhne" … 1/2', "x" * 200, "ΑΒΓ Привет ĄĘŁ"])
def test_a_name_prints_as_the_text_that_it_is(text: str) -> None:
    (page,) = pages_of(pdf.of(paper(issuer=text, parties=[Party("To", text, [text], [text])], notes=[text])))
    assert page.replace(" ", "").count(text.replace(" ", "")) >= 4


def test_the_same_text_as_markup_would_have_been_run() -> None:
    """The control: what is put into a template as markup does what it says."""
    with pytest.raises(typst.TypstError, match="no"):
        typst.compile(HOSTILE.encode(), format="pdf")


def test_a_paper_says_that_it_is_to_be_kept() -> None:
    content = pdf.of(paper())
    assert b"<pdfaid:part>3</pdfaid:part>" in content and b"<pdfaid:conformance>B<" in content
    information = PdfReader(io.BytesIO(content)).metadata
    assert information is not None and information.title == "Invoice RE-1"
    assert str(information["/CreationDate"]).startswith("D:20260331")


def test_every_font_is_embedded() -> None:
    reader = PdfReader(io.BytesIO(pdf.of(paper())))
    fonts = [font.get_object() for page in reader.pages for font in page["/Resources"]["/Font"].values()]  # type: ignore[index]
    assert fonts
    for font in fonts:
        inner = font["/DescendantFonts"][0].get_object()
        assert any(name.startswith("/FontFile") for name in inner["/FontDescriptor"])


def test_the_same_facts_give_the_same_bytes_in_every_thread() -> None:
    made: list[bytes] = []
    threads = [Thread(target=lambda: made.append(pdf.of(paper(12)))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 4 and len(set(made)) == 1
    assert pdf.of(paper(12, number="RE-2")) != made[0]


def test_sums_are_carried_over_each_page_end() -> None:
    pages = pages_of(pdf.of(paper(120)))
    assert len(pages) >= 3
    for number, page in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in page and "Line Item Amount" in page
        assert ("Brought forward" in page) == (number > 1)
        assert ("Carried over" in page) == (number < len(pages))
    for page, following in pairwise(pages):
        carried = re.search(r"Carried over ([0-9.]+)", page)
        brought = re.search(r"Brought forward ([0-9.]+)", following)
        last = re.findall(r"Bolt M(\d+)", page)[-1]
        assert carried and brought and carried[1] == brought[1] == f"{2 * int(last)}.00"


def test_a_paper_of_one_page_carries_nothing() -> None:
    (page,) = pages_of(pdf.of(paper(10)))
    assert "Carried over" not in page and "Page 1 of 1" in page


def test_three_hundred_lines_end_with_their_total() -> None:
    pages = pages_of(pdf.of(paper(300)))
    assert "Total EUR 600.00" in pages[-1]
    assert sum(page.count("Bolt M") for page in pages) == 300


@pytest.mark.parametrize(
    "text", ["日本電気株式会社", "ไทย", "한국 ひらがな", "😀🎉", "\x00\x07 control \x1b", "\u202eright to left"]
)
def test_what_no_font_has_does_not_stop_the_paper(text: str) -> None:
    (page,) = pages_of(pdf.of(paper(issuer=f"Nordwind {text} GmbH", notes=["Straße 1, Łódź"])))
    assert "Nordwind" in page and "GmbH" in page and "Straße 1, Łódź" in page
    assert "\u202e" not in page


def test_a_code_to_pay_by_is_drawn() -> None:
    code = epc(
        name=LONG, iban="DE02 2005 0550 1015 8713 93", bic="HASPDEHHXXX", amount=Money(71257, "EUR"), text="RE-1"
    )
    assert code is not None and code.startswith("<svg")
    plain = paper(payment=HowToPay("How to pay", [("Account", "DE02")]))
    with_code = replace(plain, payment=HowToPay("How to pay", [("Account", "DE02")], code))
    assert len(pdf.of(with_code)) > len(pdf.of(plain)) + 1000


@pytest.mark.parametrize(
    "changed",
    [{"amount": Money(100, "USD")}, {"amount": Money(0, "EUR")}, {"iban": "12345"}, {"iban": "DE02\nSCT"},
     {"amount": Money(10**11, "EUR")}, {"name": "ü" * 70, "text": "ü" * 140}],
)  # fmt: skip
def test_there_is_no_code_where_no_sepa_transfer_fits(changed: dict[str, Any]) -> None:
    facts: dict[str, Any] = {"name": "N", "iban": "DE02200505501015871393", "amount": Money(1, "EUR"), "text": "RE-1"}
    assert epc(**facts)
    assert epc(**{**facts, **changed}) is None


def test_the_longest_name_and_text_that_fit_make_a_code() -> None:
    code = epc(name="N" * 90, iban="DE02200505501015871393", bic="HASPDEHHXXX", amount=Money(1, "EUR"), text="x" * 200)
    assert code is not None
