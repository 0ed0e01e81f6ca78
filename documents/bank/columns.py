"""The columns of a bank's CSV, by the words that banks put above them, in English and German."""

import re
import unicodedata

WORDS = {
    "booked": "booking date|booked|booked on|date|posting date|transaction date|post date|buchungstag|buchungsdatum"
    "|datum|buchung",
    "value": "value date|value|valuta|valutadatum|valuta datum|wertstellung|wertstellungsdatum|wertstellungstag",
    "amount": "amount|transaction amount|betrag|umsatz|umsatzbetrag|wert in",
    "credit": "credit|credit amount|money in|paid in|deposit|deposits|haben|gutschrift|einzahlung|eingang",
    "debit": "debit|debit amount|money out|paid out|withdrawal|withdrawals|soll|belastung|auszahlung|ausgang",
    "sign": "debit/credit|credit/debit|dr/cr|cr/dr|d/c|c/d|soll/haben|s/h|h/s|kennzeichen|direction",
    "currency": "currency|ccy|waehrung|whg",
    "bank_id": "bank reference|bank id|transaction id|entry id|entry reference|id|umsatz-id|buchungs-id"
    "|transaktions-id|bankreferenz|bank reference number",
    "end_to_end": "end-to-end id|end to end id|end-to-end reference|end to end reference|ende-zu-ende-referenz"
    "|end-to-end-referenz|kundenreferenz|kundenreferenz (end-to-end)|customer reference|endtoendid",
    "reference": "reference|structured reference|creditor reference|payment reference|referenz|zahlungsreferenz"
    "|strukturierte referenz|reference number|referenznummer",
    "text": "text|description|details|remittance information|remittance|purpose|memo|narrative|message|reason"
    "|verwendungszweck|buchungstext|mitteilung|zahlungszweck|beschreibung|avisierungstext",
    "counterparty": "counterparty|counterparty name|name|payer|payee|payer name|debtor|remitter"
    "|beguenstigter/zahlungspflichtiger|auftraggeber/empfaenger|auftraggeber/beguenstigter|name zahlungsbeteiligter"
    "|zahlungspflichtiger|zahlungspflichtiger|auftraggeber|empfaenger|zahlungsbeteiligter|beguenstigter / auftraggeber",
    "counterparty_account": "counterparty account|counterparty iban|payer account|payer iban|debtor iban|remitter iban"
    "|iban zahlungsbeteiligter|kontonummer/iban|kontonummer|gegenkonto|iban des zahlungsbeteiligten|iban",
    "account": "account|own account|account number|account iban|auftragskonto|iban auftragskonto|eigenes konto|konto",
    "balance": "balance|running balance|balance after|saldo|kontostand|saldo nach buchung|neuer saldo",
    "return": "return reason|return code|rueckgabegrund|retourengrund",
    "opening": "opening balance|anfangssaldo|alter saldo|alter kontostand|starting balance",
    "closing": "closing balance|endsaldo|ending balance|neuer kontostand",
    "sequence": "statement number|statement no|auszug|auszugsnummer|kontoauszug nr.",
}
_SWISS_AND_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_KNOWN = {word: name for name, words in WORDS.items() for word in words.split("|")}
_CURRENCY = re.compile(r"\s*(?:\(([a-z]{3})\)|\bin ([a-z]{3})|\b(eur|usd|gbp|chf|jpy))$")


def column_of(head: str) -> tuple[str, str]:
    """The neutral name above which a head stands, and the currency it names: `Betrag (EUR)`; empty where unknown."""
    word = folded(head)
    if word in _KNOWN:
        return _KNOWN[word], ""
    named = _CURRENCY.search(word)
    bare = word[: named.start()] if named else word
    if named and bare in _KNOWN:
        return _KNOWN[bare], next(filter(None, named.groups())).upper()
    return "", ""


def folded(head: str) -> str:
    text = unicodedata.normalize("NFKC", head).casefold().translate(_SWISS_AND_GERMAN)
    return " ".join(text.replace("*", "").strip(" \t:.\"'").split())
