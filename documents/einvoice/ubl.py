"""UBL 2.0 and 2.1 Invoice and CreditNote, read into the neutral document (EN 16931's binding, CEN/TS 16931-3-2)."""

import re

from documents.einvoice.document import Document
from documents.einvoice.fields import Element, Fields, prose, tidy
from documents.einvoice.parts import (
    Address,
    Attachment,
    Contact,
    Delivery,
    Identifier,
    Note,
    Party,
    PaymentMeans,
    PaymentTerms,
    Reference,
    TaxCategory,
    TaxSubtotal,
    TaxTotal,
)
from documents.einvoice.ubl_lines import allowances_charges, identifier, period, read_line, tax_category

INVOICE = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
CREDIT_NOTE = "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2"
CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"

# UNTDID 1001 codes of supporting documents that are references of their own in EN 16931.
PROJECT, OBJECT = "50", "130"
_CODED = (PROJECT, OBJECT)

_ = Fields({"cbc": CBC, "cac": CAC})
_SUBJECT = re.compile(r"#([A-Z]{3})#(.*)", re.DOTALL)


def syntax(root: Element) -> str | None:
    """`UBL Invoice`, `UBL CreditNote`, or None if the root is neither."""
    return {f"{{{INVOICE}}}Invoice": "UBL Invoice", f"{{{CREDIT_NOTE}}}CreditNote": "UBL CreditNote"}.get(root.tag)


def read(root: Element) -> Document:
    """Read the document; what it does not say stays None."""
    credit = root.tag == f"{{{CREDIT_NOTE}}}CreditNote"
    totals = _.one(root, "cac:LegalMonetaryTotal")
    allowances, charges = allowances_charges(root)
    supporting = _.all(root, "cac:AdditionalDocumentReference")
    seller, payee, creditor_id = _payees(root)
    due_date = _due_date(root)
    return Document(
        customization=_.text(root, "cbc:CustomizationID"),
        process=_.text(root, "cbc:ProfileID"),
        number=_.text(root, "cbc:ID"),
        type_code=_.text(root, "cbc:CreditNoteTypeCode" if credit else "cbc:InvoiceTypeCode"),
        is_credit_note=credit,
        issue_date=_.text(root, "cbc:IssueDate"),
        due_date=due_date,
        tax_point_date=_.text(root, "cbc:TaxPointDate"),
        tax_point_code=_.text(root, "cac:InvoicePeriod/cbc:DescriptionCode"),
        currency=_.text(root, "cbc:DocumentCurrencyCode") or _currency_of(totals),
        tax_currency=_.text(root, "cbc:TaxCurrencyCode"),
        buyer_reference=_.text(root, "cbc:BuyerReference"),
        project_reference=_.text(root, "cac:ProjectReference/cbc:ID")
        or (_coded(supporting, PROJECT) if credit else None),
        contract_reference=_.text(root, "cac:ContractDocumentReference/cbc:ID"),
        order_reference=_.text(root, "cac:OrderReference/cbc:ID"),
        sales_order_reference=_.text(root, "cac:OrderReference/cbc:SalesOrderID"),
        receiving_reference=_.text(root, "cac:ReceiptDocumentReference/cbc:ID"),
        despatch_reference=_.text(root, "cac:DespatchDocumentReference/cbc:ID"),
        tender_reference=_.text(root, "cac:OriginatorDocumentReference/cbc:ID"),
        object_id=_object(supporting),
        accounting_reference=_.text(root, "cbc:AccountingCost"),
        notes=tuple(_note(element) for element in _.all(root, "cbc:Note") if tidy(element.text)),
        preceding_invoices=_preceding(root),
        period=period(_.one(root, "cac:InvoicePeriod")),
        seller=seller,
        buyer=_party(_.one(root, "cac:AccountingCustomerParty/cac:Party")) or Party(),
        payee=payee,
        tax_representative=_party(_.one(root, "cac:TaxRepresentativeParty"), plain=True),
        delivery=_delivery(_.one(root, "cac:Delivery")),
        payment_means=tuple(_payment_means(element) for element in _.all(root, "cac:PaymentMeans")),
        payment_id=_.text(root, "cac:PaymentMeans/cbc:PaymentID"),
        payment_terms=_payment_terms(root, due_date),
        creditor_id=creditor_id,
        allowances=allowances,
        charges=charges,
        tax_totals=tuple(_tax_total(element) for element in _.all(root, "cac:TaxTotal")),
        line_total=_.figure(totals, "cbc:LineExtensionAmount"),
        allowance_total=_.figure(totals, "cbc:AllowanceTotalAmount"),
        charge_total=_.figure(totals, "cbc:ChargeTotalAmount"),
        total_without_tax=_.figure(totals, "cbc:TaxExclusiveAmount"),
        total_with_tax=_.figure(totals, "cbc:TaxInclusiveAmount"),
        prepaid=_.figure(totals, "cbc:PrepaidAmount"),
        rounding=_.figure(totals, "cbc:PayableRoundingAmount"),
        payable=_.figure(totals, "cbc:PayableAmount"),
        lines=tuple(read_line(e, credit) for e in _.all(root, "cac:CreditNoteLine" if credit else "cac:InvoiceLine")),
        attachments=tuple(
            _attachment(e) for e in supporting if _.text(e, "cbc:DocumentTypeCode") not in (PROJECT, OBJECT)
        ),
    )


def _due_date(root: Element) -> str | None:
    places = ("cbc:DueDate", "cac:PaymentMeans/cbc:PaymentDueDate", "cac:PaymentTerms/cbc:PaymentDueDate")
    return next((date for place in places if (date := _.text(root, place))), None)


def _currency_of(totals: Element | None) -> str | None:
    """UBL 2.0 need not name its currency; the amount to pay always does."""
    return _.attribute(totals, "cbc:PayableAmount", "currencyID")


def _coded(supporting: list[Element], code: str) -> str | None:
    matches = (_.text(e, "cbc:ID") for e in supporting if _.text(e, "cbc:DocumentTypeCode") == code)
    return next(matches, None)


def _object(supporting: list[Element]) -> Identifier | None:
    coded = (e for e in supporting if _.text(e, "cbc:DocumentTypeCode") == OBJECT)
    return identifier(next(coded, None), "cbc:ID")


def _note(element: Element) -> Note:
    text = prose(element.text) or ""
    coded = _SUBJECT.fullmatch(text)
    return Note(text=coded.group(2).strip(" \t\r\n"), subject=coded.group(1)) if coded else Note(text=text)


def _preceding(root: Element) -> tuple[Reference, ...]:
    references = _.all(root, "cac:BillingReference/cac:InvoiceDocumentReference")
    return tuple(
        Reference(number=number, date=_.text(reference, "cbc:IssueDate"))
        for reference in references
        if (number := _.text(reference, "cbc:ID"))
    )


def _payees(root: Element) -> tuple[Party, Party | None, str | None]:
    """Seller and payee; UBL hides the creditor identifier (BT-90) among either's identifiers, as scheme SEPA."""
    seller = _party(_.one(root, "cac:AccountingSupplierParty/cac:Party")) or Party()
    payee = _party(_.one(root, "cac:PayeeParty"), plain=True)
    places = "cac:AccountingSupplierParty/cac:Party/", "cac:PayeeParty/"
    stated = (_.text_with(root, f"{place}cac:PartyIdentification/cbc:ID", scheme="SEPA") for place in places)
    return seller, payee, next((found for found in stated if found), None)


def _party(element: Element | None, *, plain: bool = False) -> Party | None:
    """A plain party (payee, tax representative) has one name, which UBL keeps where others have their trading name."""
    if element is None:
        return None
    legal = _.one(element, "cac:PartyLegalEntity")
    trading = _.text(element, "cac:PartyName/cbc:Name")
    vat_id, tax_id = _tax_ids(element)
    return Party(
        name=_.text(legal, "cbc:RegistrationName") or trading,
        trading_name=None if plain else trading,
        vat_id=vat_id,
        tax_id=tax_id,
        legal_id=_.text(legal, "cbc:CompanyID"),
        legal_scheme=_.attribute(legal, "cbc:CompanyID", "schemeID"),
        legal_form=_.text(legal, "cbc:CompanyLegalForm"),
        endpoint=_.text(element, "cbc:EndpointID"),
        endpoint_scheme=_.attribute(element, "cbc:EndpointID", "schemeID"),
        identifiers=tuple(
            found
            for part in _.all(element, "cac:PartyIdentification")
            if (found := identifier(part, "cbc:ID")) and found.scheme != "SEPA"
        ),
        address=_address(_.one(element, "cac:PostalAddress")),
        contact=_contact(_.one(element, "cac:Contact")),
    )


def _tax_ids(party: Element) -> tuple[str | None, str | None]:
    vat_id = tax_id = None
    for scheme in _.all(party, "cac:PartyTaxScheme"):
        company = _.text(scheme, "cbc:CompanyID")
        if (_.text(scheme, "cac:TaxScheme/cbc:ID") or "").upper() == "VAT":
            vat_id = vat_id or company
        else:
            tax_id = tax_id or company
    return vat_id, tax_id


def _address(element: Element | None) -> Address | None:
    return None if element is None else Address(
        line1=_.text(element, "cbc:StreetName"),
        line2=_.text(element, "cbc:AdditionalStreetName"),
        line3=_.text(element, "cac:AddressLine/cbc:Line"),
        city=_.text(element, "cbc:CityName"),
        postal_code=_.text(element, "cbc:PostalZone"),
        subdivision=_.text(element, "cbc:CountrySubentity"),
        country=_.text(element, "cac:Country/cbc:IdentificationCode"),
    )  # fmt: skip


def _contact(element: Element | None) -> Contact | None:
    return None if element is None else Contact(
        name=_.text(element, "cbc:Name"),
        phone=_.text(element, "cbc:Telephone"),
        email=_.text(element, "cbc:ElectronicMail"),
    )  # fmt: skip


def _delivery(element: Element | None) -> Delivery | None:
    return None if element is None else Delivery(
        name=_.text(element, "cac:DeliveryParty/cac:PartyName/cbc:Name"),
        location=identifier(element, "cac:DeliveryLocation/cbc:ID"),
        date=_.text(element, "cbc:ActualDeliveryDate"),
        address=_address(_.one(element, "cac:DeliveryLocation/cac:Address"))
        or _address(_.one(element, "cac:DeliveryAddress")),
    )  # fmt: skip


def _payment_means(element: Element) -> PaymentMeans:
    account = _.one(element, "cac:PayeeFinancialAccount")
    return PaymentMeans(
        code=_.text(element, "cbc:PaymentMeansCode"),
        text=_.attribute(element, "cbc:PaymentMeansCode", "name"),
        account=_.text(account, "cbc:ID"),
        account_name=_.text(account, "cbc:Name"),
        bank=_.text(account, "cac:FinancialInstitutionBranch/cbc:ID")
        or _.text(account, "cac:FinancialInstitutionBranch/cac:FinancialInstitution/cbc:ID"),
        card_number=_.text(element, "cac:CardAccount/cbc:PrimaryAccountNumberID"),
        card_holder=_.text(element, "cac:CardAccount/cbc:HolderName"),
        mandate=_.text(element, "cac:PaymentMandate/cbc:ID"),
        debited_account=_.text(element, "cac:PaymentMandate/cac:PayerFinancialAccount/cbc:ID"),
    )


def _payment_terms(root: Element, due_date: str | None) -> tuple[PaymentTerms, ...]:
    found = (_terms(element, due_date) for element in _.all(root, "cac:PaymentTerms"))
    return tuple(terms for terms in found if terms != PaymentTerms())


def _terms(element: Element, due_date: str | None) -> PaymentTerms:
    notes = [text for note in _.all(element, "cbc:Note") if (text := prose(note.text))]
    own = _.text(element, "cbc:PaymentDueDate")
    amount = _.figure(element, "cbc:Amount") if own else None
    return PaymentTerms(note="\n".join(notes) or None, due_date=None if own == due_date else own, amount=amount)


def _tax_total(element: Element) -> TaxTotal:
    return TaxTotal(
        amount=_.figure(element, "cbc:TaxAmount"),
        currency=_.attribute(element, "cbc:TaxAmount", "currencyID"),
        breakdown=tuple(
            TaxSubtotal(
                taxable=_.figure(part, "cbc:TaxableAmount"),
                tax=_.figure(part, "cbc:TaxAmount"),
                category=tax_category(_.one(part, "cac:TaxCategory")) or TaxCategory(),
            )
            for part in _.all(element, "cac:TaxSubtotal")
        ),
    )


def _attachment(element: Element) -> Attachment:
    binary = _.one(element, "cac:Attachment/cbc:EmbeddedDocumentBinaryObject")
    base64 = None if binary is None else "".join((binary.text or "").split())
    return Attachment(
        reference=_.text(element, "cbc:ID"),
        description=_.text(element, "cbc:DocumentDescription") or _.text(element, "cbc:DocumentType"),
        name=None if binary is None else tidy(binary.get("filename")),
        mime=None if binary is None else tidy(binary.get("mimeCode")),
        uri=_.text(element, "cac:Attachment/cac:ExternalReference/cbc:URI"),
        base64=base64 or None,
        base64_chars=len(base64 or ""),
    )
