"""The slip of the QR-bill on paper, read back: its words in four languages, its places and sizes as the Style Guide has
them, and blank fields where the payer writes."""

import io
from datetime import date
from typing import Any

import pypdf
import pytest

from documents import pdf
from documents.paper import Column, Paper, Row, Section
from documents.swiss_slip import slip
from eipp.kernel.money import Money

QR_IBAN, IBAN = "CH44 3199 9123 0008 8901 2", "CH93 0076 2011 6238 5295 7"
ADDRESS = {"line1": "Rue du Lac 1268", "postal_code": "2501", "city": "Biel", "country": "CH"}
PAYER = {"line1": "Am Sandtorkai 27", "postal_code": "20457", "city": "Hamburg", "country": "DE"}
POINT = 25.4 / 72  # millimetres
type_of_said = list[tuple[float, float, float, str]]


def paper(rows: int = 3, **facts: Any) -> pypdf.PdfReader:
    told: dict[str, Any] = {"iban": QR_IBAN, "amount": Money(194_975, "CHF"), "lang": "en",
                            "reference": "210000000003139471430009017"} | facts  # fmt: skip
    made = slip(name="Robert Schneider AG", address=ADDRESS, **told)
    assert made
    lines = [Row((f"Thing {number}", "1.00")) for number in range(rows)]
    section = Section((Column("What", wide=True), Column("CHF", end=True)), lines)
    whole = Paper("Invoice", "RE-1", "Robert Schneider AG", date(2026, 3, 2), [section], slip=made, foot="Biel")
    return pypdf.PdfReader(io.BytesIO(pdf.of(whole)))


def said(reader: pypdf.PdfReader) -> type_of_said:
    """The texts of the last page: millimetres from the left and from the bottom, size in points, text."""
    found: type_of_said = []

    def note(text: str, cm: list[float], tm: list[float], _font: Any, size: float) -> None:
        if text.strip():
            x, y = tm[4] * cm[0] + cm[4], tm[5] * cm[3] + cm[5]
            found.append((round(x * POINT, 1), round(y * POINT, 1), size, text.strip()))

    reader.pages[-1].extract_text(visitor_text=note)
    return found


def test_receipt_and_payment_part_stand_where_the_style_guide_has_them() -> None:
    reader = paper(payer="Brightwater", payer_address=PAYER, text="RE-1")
    texts = said(reader)
    assert [round(float(side) * POINT) for side in reader.pages[0].mediabox[2:]] == [210, 297]
    assert [(x, size) for x, y, size, text in texts if text in ("Receipt", "Payment part")] == [(5.0, 11), (67.0, 11)]
    for words in ("Robert Schneider AG", "CH44 3199 9123 0008 8901 2", "21 00000 00003 13947 14300 09017", "1 949.75",
                  "Brightwater", "DE-20457 Hamburg"):  # fmt: skip
        slip_texts = [(x, size) for x, y, size, text in texts if text == words and y < 105]
        assert [size for _, size in slip_texts] == [8, 10], words
    heads = [(x, size, text) for x, y, size, text in texts if text in ("Account / Payable to", "Amount")]
    assert sorted(size for _, size, _ in heads) == [6, 6, 8, 8]
    assert all(5 <= x <= 205 for x, y, _, _ in texts if y < 105)
    assert not [text for _, y, _, text in texts if y < 5]
    (acceptance,) = [(x, y, size) for x, y, size, text in texts if text == "Acceptance point"]
    assert 30 < acceptance[0] < 57 and acceptance[2] == 6
    assert any("Separate before paying in" in text and y > 105 for _, y, _, text in texts)
    assert any("Page 1 of 1" in text and y > 110 for _, y, _, text in texts)


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("de", ("Empfangsschein", "Zahlteil", "Konto / Zahlbar an", "Währung", "Betrag", "Annahmestelle")),
        ("fr", ("Récépissé", "Section paiement", "Compte / Payable à", "Monnaie", "Montant", "Point de dépôt")),
        ("it", ("Ricevuta", "Sezione pagamento", "Conto / Pagabile a", "Valuta", "Importo", "Punto di accettazione")),
        ("nl", ("Receipt", "Payment part", "Account / Payable to", "Currency", "Amount", "Acceptance point")),
    ],
    ids=["de", "fr", "it", "any other"],
)
def test_it_speaks_four_languages(lang: str, words: tuple[str, ...]) -> None:
    assert set(words) <= {text for _, _, _, text in said(paper(lang=lang))}


def test_it_stands_on_the_last_page_alone_and_leaves_room_to_write() -> None:
    reader = paper(40, iban=IBAN, reference="RE-1", amount=None, currency="EUR")
    assert len(reader.pages) == 2 and "Receipt" not in reader.pages[0].extract_text()
    assert "Page 1 of 2" in reader.pages[0].extract_text() and "Page 2 of 2" in reader.pages[1].extract_text()
    texts = [text for _, _, _, text in said(reader)]
    assert texts.count("Payable by (name/address)") == 2
    assert texts.count("EUR") == 2 and texts.count("Reference") == 0 and texts.count("Additional information") == 1


@pytest.mark.parametrize(
    "changed",
    [{"iban": "DE02200505501015871393"}, {"reference": "4711"}, {"amount": Money(100, "USD")}],
    ids=["a German account", "a QR account without its reference", "dollars"],
)
def test_there_is_none_where_a_bill_does_not_fit(changed: dict[str, Any]) -> None:
    told: dict[str, Any] = {"iban": QR_IBAN, "amount": Money(100, "CHF"), "lang": "en",
                            "reference": "210000000003139471430009017"} | changed  # fmt: skip
    assert slip(name="Robert Schneider AG", address=ADDRESS, **told) is None
