"""The neutral document written as UBL 2.1, Invoice or CreditNote, in the order its schema asks for."""

from typing import Any

from lxml import etree

from documents.einvoice import ubl
from documents.einvoice.document import Document
from documents.einvoice.fields import Element
from documents.einvoice.parts import (
    Address,
    Attachment,
    Delivery,
    Identifier,
    Note,
    Party,
    PaymentMeans,
    PaymentTerms,
    TaxTotal,
)
from documents.einvoice.ubl_writing_lines import (
    Writer,
    allowance_charge,
    amount,
    identifier,
    line,
    period,
    tax_category,
)


def write(document: Document) -> bytes:
    """The document as UBL; what the document does not say is left out, so an invalid document stays invalid."""
    root = element(document)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def element(document: Document) -> Element:
    """The root element of the document as UBL."""
    credit = document.is_credit_note
    name, space = ("CreditNote", ubl.CREDIT_NOTE) if credit else ("Invoice", ubl.INVOICE)
    prefixes: dict[Any, str] = {None: space, "cac": ubl.CAC, "cbc": ubl.CBC}
    root = etree.Element(f"{{{space}}}{name}", nsmap=prefixes)
    out = Writer(root, currency=document.currency)
    _header(out, document)
    _references(out, document)
    _parties(out, document)
    _payment(out, document)
    for reduction in document.allowances:
        allowance_charge(out, reduction, charge=False)
    for charge in document.charges:
        allowance_charge(out, charge, charge=True)
    for total in document.tax_totals:
        _tax_total(out, total)
    _totals(out, document)
    for part in document.lines:
        line(out, part, credit=credit)
    return root


def _header(out: Writer, document: Document) -> None:
    credit = document.is_credit_note
    out.text("cbc:CustomizationID", document.customization)
    out.text("cbc:ProfileID", document.process)
    out.text("cbc:ID", document.number)
    out.text("cbc:IssueDate", document.issue_date)
    if credit:
        out.text("cbc:TaxPointDate", document.tax_point_date)
        out.text("cbc:CreditNoteTypeCode", document.type_code)
    else:
        out.text("cbc:DueDate", document.due_date)
        out.text("cbc:InvoiceTypeCode", document.type_code)
    for note in document.notes:
        out.text("cbc:Note", _note(note))
    if not credit:
        out.text("cbc:TaxPointDate", document.tax_point_date)
    out.text("cbc:DocumentCurrencyCode", document.currency)
    out.text("cbc:TaxCurrencyCode", document.tax_currency)
    out.text("cbc:AccountingCost", document.accounting_reference)
    out.text("cbc:BuyerReference", document.buyer_reference)
    period(out, document.period, code=document.tax_point_code)


def _note(note: Note) -> str:
    return f"#{note.subject}#{note.text}" if note.subject else note.text


def _references(out: Writer, document: Document) -> None:
    credit = document.is_credit_note
    with out.block("cac:OrderReference") as order:
        # UBL asks for the purchase order's number where there is a sales order; Peppol writes NA if there is none.
        order.text("cbc:ID", document.order_reference or ("NA" if document.sales_order_reference else None))
        order.text("cbc:SalesOrderID", document.sales_order_reference)
    for preceding in document.preceding_invoices:
        with out.block("cac:BillingReference") as billing, billing.block("cac:InvoiceDocumentReference") as reference:
            reference.text("cbc:ID", preceding.number)
            reference.text("cbc:IssueDate", preceding.date)
    _reference(out, "cac:DespatchDocumentReference", document.despatch_reference)
    _reference(out, "cac:ReceiptDocumentReference", document.receiving_reference)
    if not credit:
        _reference(out, "cac:OriginatorDocumentReference", document.tender_reference)
    _reference(out, "cac:ContractDocumentReference", document.contract_reference)
    _supporting(out, document)
    if credit:
        _reference(out, "cac:OriginatorDocumentReference", document.tender_reference)
    else:
        _reference(out, "cac:ProjectReference", document.project_reference)


def _reference(out: Writer, tag: str, number: str | None) -> None:
    with out.block(tag) as reference:
        reference.text("cbc:ID", number)


def _supporting(out: Writer, document: Document) -> None:
    coded = [(document.object_id, ubl.OBJECT)]
    if document.is_credit_note and document.project_reference:
        coded.append((Identifier(value=document.project_reference), ubl.PROJECT))
    for found, code in coded:
        if found:
            with out.block("cac:AdditionalDocumentReference") as reference:
                identifier(reference, "cbc:ID", found)
                reference.text("cbc:DocumentTypeCode", code)
    for attachment in document.attachments:
        _attachment(out, attachment)


def _attachment(out: Writer, attachment: Attachment) -> None:
    with out.block("cac:AdditionalDocumentReference", keep=True) as reference:
        reference.text("cbc:ID", attachment.reference)
        reference.text("cbc:DocumentDescription", attachment.description)
        with reference.block("cac:Attachment") as file:
            file.text(
                "cbc:EmbeddedDocumentBinaryObject",
                attachment.base64,
                mimeCode=attachment.mime,
                filename=attachment.name,
            )
            with file.block("cac:ExternalReference") as link:
                link.text("cbc:URI", attachment.uri)


def _parties(out: Writer, document: Document) -> None:
    sepa = Identifier(value=document.creditor_id, scheme="SEPA") if document.creditor_id else None
    payee = document.payee
    with out.block("cac:AccountingSupplierParty", keep=True) as side:
        _party(side, "cac:Party", document.seller, sepa=None if payee else sepa)
    with out.block("cac:AccountingCustomerParty", keep=True) as side:
        _party(side, "cac:Party", document.buyer)
    if payee:
        _party(out, "cac:PayeeParty", payee, sepa=sepa, plain=True)
    if document.tax_representative:
        _party(out, "cac:TaxRepresentativeParty", document.tax_representative, plain=True)
    if document.delivery:
        _delivery(out, document.delivery)


def _party(out: Writer, tag: str, party: Party, *, sepa: Identifier | None = None, plain: bool = False) -> None:
    """A plain party (payee, tax representative) is named by its trading name alone; EN 16931 gives it no other."""
    with out.block(tag, keep=True) as block:
        block.text("cbc:EndpointID", party.endpoint, schemeID=party.endpoint_scheme)
        for found in (*party.identifiers, *([sepa] if sepa else [])):
            with block.block("cac:PartyIdentification") as part:
                identifier(part, "cbc:ID", found)
        with block.block("cac:PartyName") as part:
            part.text("cbc:Name", party.name if plain else party.trading_name)
        if party.address:
            _address(block, "cac:PostalAddress", party.address)
        for number, scheme in ((party.vat_id, "VAT"), (party.tax_id, "FC")):
            if number:
                with block.block("cac:PartyTaxScheme") as part:
                    part.text("cbc:CompanyID", number)
                    with part.block("cac:TaxScheme") as inner:
                        inner.text("cbc:ID", scheme)
        with block.block("cac:PartyLegalEntity") as part:
            part.text("cbc:RegistrationName", None if plain else party.name)
            part.text("cbc:CompanyID", party.legal_id, schemeID=party.legal_scheme)
            part.text("cbc:CompanyLegalForm", party.legal_form)
        if party.contact:
            with block.block("cac:Contact", keep=True) as part:
                part.text("cbc:Name", party.contact.name)
                part.text("cbc:Telephone", party.contact.phone)
                part.text("cbc:ElectronicMail", party.contact.email)


def _address(out: Writer, tag: str, address: Address) -> None:
    with out.block(tag, keep=True) as block:
        block.text("cbc:StreetName", address.line1)
        block.text("cbc:AdditionalStreetName", address.line2)
        block.text("cbc:CityName", address.city)
        block.text("cbc:PostalZone", address.postal_code)
        block.text("cbc:CountrySubentity", address.subdivision)
        with block.block("cac:AddressLine") as part:
            part.text("cbc:Line", address.line3)
        with block.block("cac:Country") as part:
            part.text("cbc:IdentificationCode", address.country)


def _delivery(out: Writer, delivery: Delivery) -> None:
    with out.block("cac:Delivery", keep=True) as block:
        block.text("cbc:ActualDeliveryDate", delivery.date)
        with block.block("cac:DeliveryLocation") as place:
            identifier(place, "cbc:ID", delivery.location)
            if delivery.address:
                _address(place, "cac:Address", delivery.address)
        with block.block("cac:DeliveryParty") as party, party.block("cac:PartyName") as name:
            name.text("cbc:Name", delivery.name)


def _payment(out: Writer, document: Document) -> None:
    for means in document.payment_means:
        _payment_means(out, means, document.payment_id)
    # A UBL 2.1 credit note has no due date of its own; the schema has room for it here.
    due_date = document.due_date if document.is_credit_note else None
    terms = document.payment_terms or ((PaymentTerms(),) if due_date else ())
    for index, part in enumerate(terms):
        with out.block("cac:PaymentTerms") as block:
            block.text("cbc:Note", part.note)
            if part.amount:
                block.text("cbc:Amount", part.amount, currencyID=document.currency)
            block.text("cbc:PaymentDueDate", part.due_date or (due_date if index == 0 else None))


def _payment_means(out: Writer, means: PaymentMeans, payment_id: str | None) -> None:
    with out.block("cac:PaymentMeans", keep=True) as block:
        block.text("cbc:PaymentMeansCode", means.code, name=means.text)
        block.text("cbc:PaymentID", payment_id)
        with block.block("cac:CardAccount") as card:
            card.text("cbc:PrimaryAccountNumberID", means.card_number)
            card.text("cbc:NetworkID", "VISA" if means.card_number else None)
            card.text("cbc:HolderName", means.card_holder)
        with block.block("cac:PayeeFinancialAccount") as account:
            account.text("cbc:ID", means.account)
            account.text("cbc:Name", means.account_name)
            with account.block("cac:FinancialInstitutionBranch") as branch:
                branch.text("cbc:ID", means.bank)
        with block.block("cac:PaymentMandate") as mandate:
            mandate.text("cbc:ID", means.mandate)
            with mandate.block("cac:PayerFinancialAccount") as payer:
                payer.text("cbc:ID", means.debited_account)


def _tax_total(out: Writer, total: TaxTotal) -> None:
    currency = total.currency or out.currency
    with out.block("cac:TaxTotal") as block:
        block.text("cbc:TaxAmount", total.amount, currencyID=currency)
        for part in total.breakdown:
            with block.block("cac:TaxSubtotal") as row:
                row.text("cbc:TaxableAmount", part.taxable, currencyID=currency)
                row.text("cbc:TaxAmount", part.tax, currencyID=currency)
                tax_category(row, "cac:TaxCategory", part.category)


def _totals(out: Writer, document: Document) -> None:
    with out.block("cac:LegalMonetaryTotal", keep=True) as block:
        amount(block, "cbc:LineExtensionAmount", document.line_total)
        amount(block, "cbc:TaxExclusiveAmount", document.total_without_tax)
        amount(block, "cbc:TaxInclusiveAmount", document.total_with_tax)
        amount(block, "cbc:AllowanceTotalAmount", document.allowance_total)
        amount(block, "cbc:ChargeTotalAmount", document.charge_total)
        amount(block, "cbc:PrepaidAmount", document.prepaid)
        amount(block, "cbc:PayableRoundingAmount", document.rounding)
        amount(block, "cbc:PayableAmount", document.payable)
