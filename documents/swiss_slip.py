"""Swiss slip: payment part and receipt of a QR-bill, in the four languages of its Style Guide (SIX, QR-bill)."""

from collections.abc import Mapping, Sequence

from stdnum import iso11649
from stdnum.ch import esr

from documents.paper import SwissSlip
from documents.swiss_code import party, reference_kind, swiss
from documents.written import amount_text
from eipp.kernel.money import Money

#: The headings as the Style Guide prescribes them (annex D of the Implementation Guidelines), language by language.
_WORDS = {
    "part": ("Payment part", "Zahlteil", "Section paiement", "Sezione pagamento"),
    "payee": ("Account / Payable to", "Konto / Zahlbar an", "Compte / Payable à", "Conto / Pagabile a"),
    "reference": ("Reference", "Referenz", "Référence", "Riferimento"),
    "text": ("Additional information", "Zusätzliche Informationen", "Informations supplémentaires",
             "Informazioni supplementari"),
    "currency": ("Currency", "Währung", "Monnaie", "Valuta"),
    "amount": ("Amount", "Betrag", "Montant", "Importo"),
    "receipt": ("Receipt", "Empfangsschein", "Récépissé", "Ricevuta"),
    "acceptance": ("Acceptance point", "Annahmestelle", "Point de dépôt", "Punto di accettazione"),
    "separate": ("Separate before paying in", "Vor der Einzahlung abzutrennen", "A détacher avant le versement",
                 "Da staccare prima del versamento"),
    "payer": ("Payable by", "Zahlbar durch", "Payable par", "Pagabile da"),
    "blank_payer": ("Payable by (name/address)", "Zahlbar durch (Name/Adresse)", "Payable par (nom/adresse)",
                    "Pagabile da (nome/indirizzo)"),
}  # fmt: skip
_LANGUAGES = ("en", "de", "fr", "it")


def slip(
    *,
    name: str,
    address: Mapping[str, str],
    iban: str,
    amount: Money | None,
    reference: str,
    lang: str,
    text: str = "",
    currency: str = "",
    payer: str = "",
    payer_address: Mapping[str, str] | None = None,
) -> SwissSlip | None:
    """The slip; None where a QR-bill does not fit (`swiss_code.swiss`). Without an amount the payer writes it in, in
    `currency`; a payer whose address is not whole is written in as well. lang: English where it is none of the four."""
    kind, paying = reference_kind(iban, reference), party(payer, payer_address or {})
    if kind == "NON" and not text:
        text = reference
    code = swiss(name=name, address=address, iban=iban, amount=amount, reference=reference, text=text,
                 currency=currency, payer=paying)  # fmt: skip
    if code is None or kind is None:
        return None
    at = _LANGUAGES.index(lang) if lang in _LANGUAGES else 0
    return SwissSlip(
        {name: texts[at] for name, texts in _WORDS.items()}, [_fours(iban), *_lines(party(name, address))],
        _printed(kind, reference), text, _lines(paying), amount.currency if amount else currency,
        amount_text(amount).replace(",", " ") if amount else "", code,
    )  # fmt: skip


def _lines(side: Sequence[str]) -> list[str]:
    """Name, street, and place, which has its country in front where that is another one."""
    if not side:
        return []
    _kind, name, street, _number, postal_code, city, country = side
    place = f"{postal_code} {city}" if country in ("CH", "LI") else f"{country}-{postal_code} {city}"
    return [line for line in (name, street, place) if line]


def _printed(kind: str, reference: str) -> str:
    if kind == "QRR":
        return str(esr.format(reference))
    return str(iso11649.format(reference)) if kind == "SCOR" else ""


def _fours(iban: str) -> str:
    plain = "".join(iban.split()).upper()
    return " ".join(plain[at : at + 4] for at in range(0, len(plain), 4))
