"""The marks of the published sample e-invoices (CEN, KoSIT, OASIS, FNFE): whom they are for and where they ask money
to go, so that they find a buyer and a verified bank account in the example world."""

_NUMBERS = (
    "DE79000000001234567890", "DE16000000002345678901", "DE75512108001245126199", "DE75123456780000001234",
    "DK1212341234123412", "BE91000000143476", "NO9386011117947", "NL57 RABO 0107307510", "NL03 INGB 0004489902",
)  # fmt: skip

BANK_ACCOUNTS = [{"iban": number, "holder": "Nordwind Handels GmbH"} for number in _NUMBERS]

#: Each as (kind, scheme, value); all of them on one account, so that none is ambiguous.
BUYERS = (
    ("endpoint", "EM", "buyer@info.de"),
    ("endpoint", "EM", "buyer@buyer.com"),
    ("endpoint", "EM", "buyer@test.de"),
    ("endpoint", "EM", "test@test.de"),
    ("endpoint", "EM", "rechnungseingang@test.de"),
    ("endpoint", "EM", "info@buyercompany.dk"),
    ("endpoint", "0201", "0000000295"),
    ("endpoint", "GLN", "1234567987654"),
    ("vat", "", "DK16356607"),
    ("vat", "", "NO987654321MVA"),
    ("vat", "", "BE0000000295"),
    ("vat", "", "BE54321"),
    ("vat", "", "DE152138634"),
    ("vat", "", "DE12345ABC"),
    ("vat", "", "FR19787878784"),
    ("legal", "", "DK16356607"),
    ("legal", "", "987654321"),
    ("legal", "", "0000000295"),
    ("legal", "ZZZ", "5645342123"),
    ("legal", "0002", "78787878400035"),
    ("legal", "0198", "90000000-03083-12"),
    ("legal", "0204", "90000000-03083-72"),
)
