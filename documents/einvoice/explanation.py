"""What a broken rule means in plain words, for people who have never read the standard; the official text stays behind.

One table: a rule's id -> a sentence; ids that are not in it are explained by their family (EN 16931-1, clause 6.4).
"""

import re

RULES = {
    "BR-01": "It does not say by which specification it was written.",
    "BR-02": "It has no invoice number.",
    "BR-03": "It has no issue date.",
    "BR-04": "It does not say what kind of document it is (the type code).",
    "BR-05": "It does not say in which currency it is.",
    "BR-06": "The seller is not named.",
    "BR-07": "The buyer is not named.",
    "BR-08": "The seller has no postal address.",
    "BR-09": "The seller's address names no country.",
    "BR-10": "The buyer has no postal address.",
    "BR-11": "The buyer's address names no country.",
    "BR-12": "The sum of the lines is missing.",
    "BR-13": "The total without tax is missing.",
    "BR-14": "The total with tax is missing.",
    "BR-15": "The amount to pay is missing.",
    "BR-16": "It has no line: at least one is needed.",
    "BR-17": "Somebody else than the seller is to be paid, but is not named.",
    "BR-18": "The seller's tax representative is not named.",
    "BR-19": "The seller's tax representative has no postal address.",
    "BR-20": "The address of the seller's tax representative names no country.",
    "BR-21": "A line has no number of its own.",
    "BR-22": "A line does not say how much was delivered.",
    "BR-23": "A line gives a quantity without its unit.",
    "BR-24": "A line has no net amount.",
    "BR-25": "A line does not name its item.",
    "BR-26": "A line has no price.",
    "BR-27": "A price is below zero.",
    "BR-28": "A price before discount is below zero.",
    "BR-29": "The period that is invoiced ends before it begins.",
    "BR-30": "The period of a line ends before it begins.",
    "BR-45": "A row of the tax breakdown does not say which amount is taxed.",
    "BR-46": "A row of the tax breakdown has no tax amount.",
    "BR-47": "A row of the tax breakdown names no tax category.",
    "BR-48": "A row of the tax breakdown has no rate.",
    "BR-49": "It does not say by which means it is to be paid.",
    "BR-50": "It is to be paid by transfer, but names no account.",
    "BR-51": "It shows more of a card number than the last digits.",
    "BR-52": "A supporting document has no reference.",
    "BR-53": "The total tax in the accounting currency is missing.",
    "BR-54": "A property of an item lacks its name or its value.",
    "BR-55": "An earlier invoice is referred to without its number.",
    "BR-56": "The seller's tax representative has no VAT number.",
    "BR-57": "The delivery address names no country.",
    "BR-61": "It is to be paid by transfer, but names no account.",
    "BR-62": "The seller's electronic address does not say of which kind it is.",
    "BR-63": "The buyer's electronic address does not say of which kind it is.",
    "BR-64": "An item's standard number does not say of which kind it is.",
    "BR-65": "An item's classification does not say of which kind it is.",
    "BR-CO-03": "It gives a tax point date and a code for one; only one of them may stand.",
    "BR-CO-04": "A line names no tax category.",
    "BR-CO-09": "A VAT number does not begin with its country's two letters.",
    "BR-CO-10": "The lines do not add up to the sum of lines.",
    "BR-CO-11": "The allowances do not add up to their total.",
    "BR-CO-12": "The charges do not add up to their total.",
    "BR-CO-13": "The total without tax is not the lines less allowances plus charges.",
    "BR-CO-14": "The rows of the tax breakdown do not add up to the total tax.",
    "BR-CO-15": "The total with tax is not the total without tax plus the tax.",
    "BR-CO-16": "The amount to pay is not the total with tax less what was paid before.",
    "BR-CO-17": "A tax amount is not its taxable amount times its rate.",
    "BR-CO-18": "The tax breakdown is missing.",
    "BR-CO-19": "A period has neither a first nor a last day.",
    "BR-CO-20": "A line's period has neither a first nor a last day.",
    "BR-CO-25": "It says neither when it is due nor on which terms.",
    "BR-CO-26": "The seller cannot be identified: a seller's number, registration or VAT number is missing.",
    "BR-CL-01": "The type of document is none of those that the standard knows.",
    "BR-CL-03": "An amount has a currency code that does not exist.",
    "BR-CL-04": "Its currency code does not exist.",
    "BR-CL-05": "The currency code for the tax does not exist.",
    "BR-CL-14": "A country code does not exist.",
    "BR-CL-16": "The means of payment is none of those that the standard knows.",
    "BR-CL-17": "A tax category is none of those that the standard knows.",
    "BR-CL-18": "A line's tax category is none of those that the standard knows.",
    "BR-CL-23": "A unit of measure is none of those that the standard knows.",
    "BR-CL-25": "The kind of an electronic address is none of those that the standard knows.",
    "XSD": "The file is not built like an e-invoice: something is missing, twice there, or in the wrong place.",
    "EN16931": "The official rules cannot be run on this file, so nobody can say that it is right.",
    "EIPP-AMOUNT": "An amount is not a number.",
    "EIPP-BANK-ACCOUNT": "It asks to be paid to a bank account that is not among your verified ones.",
    "EIPP-BASE-QUANTITY": "A price is given per a quantity that makes no sense.",
    "EIPP-BUYER-AMBIGUOUS": "Several customer accounts fit the buyer that it names.",
    "EIPP-BUYER-UNKNOWN": "No customer account fits the buyer that it names.",
    "EIPP-CREDIT-AND-REBILL": "It changes the money of a document that is paid, credited or disputed already.",
    "EIPP-DATE": "A date is not one.",
    "EIPP-DECIMALS": "An amount has more decimals than its currency has.",
    "EIPP-DUE-DATE": "It is due before it was issued.",
    "EIPP-LINE-NET": "A line's amount is not its quantity times its price.",
    "EIPP-NEGATIVE": "An amount is below zero where it may not be.",
    "EIPP-NUMBER-TAKEN": "Its number is taken by another document of the same year.",
    "EIPP-RATE": "A tax rate is not a number that a rate can be.",
    "EIPP-TAXABLE": "The taxable amounts do not fit the lines.",
    "EIPP-TOO-LARGE": "An amount is larger than any that can be posted.",
}
_TAXES = {
    "S": "taxed at the standard rate", "Z": "taxed at zero", "E": "exempt from tax", "AE": "under reverse charge",
    "IC": "delivered within the European Union", "G": "exported", "O": "outside of tax", "AF": "taxed by the Canaries",
    "IG": "taxed by the Canaries", "AG": "taxed by Ceuta and Melilla", "IP": "taxed by Ceuta and Melilla",
    "B": "taxed by split payment",
}  # fmt: skip
_OF_A_TAX = {
    "01": "What is {tax} has no row of its own in the tax breakdown.",
    "02": "Something is {tax}, but a VAT number that this needs is missing.",
    "03": "Something is {tax}, but a VAT number that this needs is missing.",
    "04": "Something is {tax}, but a VAT number that this needs is missing.",
    "05": "The rate of what is {tax} is wrong.",
    "06": "The rate of what is {tax} is wrong.",
    "07": "The rate of what is {tax} is wrong.",
    "08": "The taxable amount of what is {tax} does not fit its lines.",
    "09": "The tax amount of what is {tax} is wrong.",
    "10": "The reason why something is {tax} is missing, or must not stand there.",
}
_OF_A_TAX_RULE = re.compile(r"BR-(S|Z|E|AE|IC|G|O|AF|IG|AG|IP|B)-(\d\d)")
_PARTS = "|".join(("3[1-9]", "4[0-4]", "CO-0[5-8]", "CO-2[1-4]"))
FAMILIES = (
    (re.compile(rf"BR-({_PARTS})"), "An allowance or a charge lacks its amount, its tax category or its reason."),
    (re.compile(r"BR-DEC-\d\d"), "An amount has more than two decimals."),
    (re.compile(r"BR-CL-\d\d"), "A code is none of those that the standard knows."),
    (re.compile(r"BR-DE-.+"), "It breaks a rule of XRechnung, which German authorities ask for."),
    (re.compile(r"PEPPOL-.+"), "It breaks a rule of the Peppol network."),
    (re.compile(r"BR-FX.*|FX-.+"), "It breaks a rule of its Factur-X profile."),
    (re.compile(r"UBL-.+|CII-.+"), "It uses a part of the file format that the standard does not allow."),
    (re.compile(r"EIPP-.+"), "It cannot be read as an invoice."),
)
OTHERWISE = "It breaks a rule of the European standard for e-invoices (EN 16931)."
_OFFICIAL = re.compile(r"\bshall\b|\bB[TG]-\d")


def explained(rule: str) -> str:
    """The rule's meaning as one sentence about the document."""
    if rule in RULES:
        return RULES[rule]
    if (tax := _OF_A_TAX_RULE.fullmatch(rule)) and tax[2] in _OF_A_TAX:
        return _OF_A_TAX[tax[2]].format(tax=_TAXES[tax[1]])
    return next((sentence for family, sentence in FAMILIES if family.fullmatch(rule)), OTHERWISE)


def is_official_text(rule: str, message: str) -> bool:
    """Whether a fault's message is the standard's own wording, not a sentence of ours with the figures in it."""
    return rule in ("XSD", "EN16931") or bool(_OFFICIAL.search(message))
