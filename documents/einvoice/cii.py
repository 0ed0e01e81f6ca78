"""UN/CEFACT Cross Industry Invoice (D16B and later), read into the neutral document (CEN/TS 16931-3-3).

ZUGFeRD 1.0 says the same in older names; `zugferd1.as_cii` renames them first.
"""

from documents.einvoice.cii_lines import (
    allowances_charges,
    as_identifier,
    date,
    identifier,
    period,
    read_line,
    tax_category,
)
from documents.einvoice.document import Document
from documents.einvoice.fields import Element, Fields, as_figure, tidy
from documents.einvoice.parts import (
    Address,
    AllowanceCharge,
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

RSM = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
RAM = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
UDT = "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"
QDT = "urn:un:unece:uncefact:data:standard:QualifiedDataType:100"

# UNTDID 1001: the type codes that are credit notes (EN 16931's code list).
CREDIT_NOTES = frozenset("81 83 261 262 296 308 381 396 420 458 502 503 532".split())
# UNTDID 2475 in CII, UNTDID 2005 in EN 16931 (BT-8): invoice date, delivery date, date paid.
_TAX_POINTS = {"5": "3", "29": "35", "72": "432"}
_DIRECT_DEBITS = ("49", "59")  # UNTDID 4461
_TENDER, _OBJECT = "50", "130"

_ = Fields({"rsm": RSM, "ram": RAM, "udt": UDT, "qdt": QDT})


def read(root: Element) -> Document:
    """Read the document; what it does not say stays None."""
    context = _.one(root, "rsm:ExchangedDocumentContext")
    header = _.one(root, "rsm:ExchangedDocument")
    trade = _.one(root, "rsm:SupplyChainTradeTransaction")
    agreement = _.one(trade, "ram:ApplicableHeaderTradeAgreement")
    delivery = _.one(trade, "ram:ApplicableHeaderTradeDelivery")
    settlement = _.one(trade, "ram:ApplicableHeaderTradeSettlement")
    totals = _.one(settlement, "ram:SpecifiedTradeSettlementHeaderMonetarySummation")
    type_code = _.text(header, "ram:TypeCode")
    currency = _.text(settlement, "ram:InvoiceCurrencyCode")
    supporting = _.all(agreement, "ram:AdditionalReferencedDocument")
    allowances, charges = allowances_charges(settlement)
    due_date = date(settlement, "ram:SpecifiedTradePaymentTerms/ram:DueDateDateTime/udt:DateTimeString")
    return Document(
        customization=_.text(context, "ram:GuidelineSpecifiedDocumentContextParameter/ram:ID"),
        process=_.text(context, "ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID"),
        number=_.text(header, "ram:ID"),
        type_code=type_code,
        is_credit_note=type_code in CREDIT_NOTES,
        issue_date=date(header, "ram:IssueDateTime/udt:DateTimeString"),
        due_date=due_date,
        tax_point_date=date(settlement, "ram:ApplicableTradeTax/ram:TaxPointDate/udt:DateString"),
        tax_point_code=_tax_point_code(settlement),
        currency=currency,
        tax_currency=_.text(settlement, "ram:TaxCurrencyCode"),
        buyer_reference=_.text(agreement, "ram:BuyerReference"),
        project_reference=_.text(agreement, "ram:SpecifiedProcuringProject/ram:ID"),
        contract_reference=_.text(agreement, "ram:ContractReferencedDocument/ram:IssuerAssignedID"),
        order_reference=_.text(agreement, "ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID"),
        sales_order_reference=_.text(agreement, "ram:SellerOrderReferencedDocument/ram:IssuerAssignedID"),
        receiving_reference=_.text(delivery, "ram:ReceivingAdviceReferencedDocument/ram:IssuerAssignedID"),
        despatch_reference=_.text(delivery, "ram:DespatchAdviceReferencedDocument/ram:IssuerAssignedID"),
        tender_reference=_coded(supporting, _TENDER),
        object_id=_object(supporting),
        accounting_reference=_.text(settlement, "ram:ReceivableSpecifiedTradeAccountingAccount/ram:ID"),
        notes=_notes(header),
        preceding_invoices=_preceding(settlement),
        period=period(settlement),
        seller=_party(_.one(agreement, "ram:SellerTradeParty")) or Party(),
        buyer=_party(_.one(agreement, "ram:BuyerTradeParty")) or Party(),
        payee=_party(_.one(settlement, "ram:PayeeTradeParty")),
        tax_representative=_party(_.one(agreement, "ram:SellerTaxRepresentativeTradeParty")),
        delivery=_delivery(delivery),
        payment_means=_payment_means(settlement),
        payment_id=_.text(settlement, "ram:PaymentReference"),
        payment_terms=_payment_terms(settlement, due_date),
        creditor_id=_.text(settlement, "ram:CreditorReferenceID"),
        allowances=allowances,
        charges=charges + _logistics(settlement),
        tax_totals=_tax_totals(settlement, totals, currency),
        line_total=_.figure(totals, "ram:LineTotalAmount"),
        allowance_total=_.figure(totals, "ram:AllowanceTotalAmount"),
        charge_total=_.figure(totals, "ram:ChargeTotalAmount"),
        total_without_tax=_.figure(totals, "ram:TaxBasisTotalAmount"),
        total_with_tax=_.figure(totals, "ram:GrandTotalAmount"),
        prepaid=_.figure(totals, "ram:TotalPrepaidAmount"),
        rounding=_.figure(totals, "ram:RoundingAmount"),
        payable=_.figure(totals, "ram:DuePayableAmount"),
        lines=tuple(read_line(element) for element in _.all(trade, "ram:IncludedSupplyChainTradeLineItem")),
        attachments=tuple(_attachment(e) for e in supporting if _.text(e, "ram:TypeCode") not in (_TENDER, _OBJECT)),
    )


def _tax_point_code(settlement: Element | None) -> str | None:
    code = _.text(settlement, "ram:ApplicableTradeTax/ram:DueDateTypeCode")
    return _TAX_POINTS.get(code, code) if code else None


def _coded(supporting: list[Element], code: str) -> str | None:
    return next((_.text(e, "ram:IssuerAssignedID") for e in supporting if _.text(e, "ram:TypeCode") == code), None)


def _object(supporting: list[Element]) -> Identifier | None:
    value = _coded(supporting, _OBJECT)
    schemes = (_.text(e, "ram:ReferenceTypeCode") for e in supporting if _.text(e, "ram:TypeCode") == _OBJECT)
    return Identifier(value=value, scheme=next(schemes, None)) if value else None


def _notes(header: Element | None) -> tuple[Note, ...]:
    return tuple(
        Note(text=text, subject=_.text(part, "ram:SubjectCode"))
        for part in _.all(header, "ram:IncludedNote")
        if (text := _.prose(part, "ram:Content"))
    )


def _preceding(settlement: Element | None) -> tuple[Reference, ...]:
    return tuple(
        Reference(number=number, date=date(part, "ram:FormattedIssueDateTime/qdt:DateTimeString"))
        for part in _.all(settlement, "ram:InvoiceReferencedDocument")
        if (number := _.text(part, "ram:IssuerAssignedID"))
    )


def _party(element: Element | None) -> Party | None:
    if element is None:
        return None
    legal = _.one(element, "ram:SpecifiedLegalOrganization")
    registrations = "ram:SpecifiedTaxRegistration/ram:ID"
    endpoint = "ram:URIUniversalCommunication/ram:URIID"
    own = [as_identifier(part) for tag in ("ram:ID", "ram:GlobalID") for part in _.all(element, tag)]
    return Party(
        name=_.text(element, "ram:Name"),
        trading_name=_.text(legal, "ram:TradingBusinessName"),
        vat_id=_.text_with(element, registrations, scheme="VA"),
        tax_id=_.text_with(element, registrations, scheme="FC"),
        legal_id=_.text(legal, "ram:ID"),
        legal_scheme=_.attribute(legal, "ram:ID", "schemeID"),
        legal_form=_.text(element, "ram:Description"),
        endpoint=_.text(element, endpoint),
        endpoint_scheme=_.attribute(element, endpoint, "schemeID"),
        identifiers=tuple(found for found in own if found),
        address=_address(_.one(element, "ram:PostalTradeAddress")),
        contact=_contact(_.one(element, "ram:DefinedTradeContact")),
    )


def _address(element: Element | None) -> Address | None:
    return None if element is None else Address(
        line1=_.text(element, "ram:LineOne"),
        line2=_.text(element, "ram:LineTwo"),
        line3=_.text(element, "ram:LineThree"),
        city=_.text(element, "ram:CityName"),
        postal_code=_.text(element, "ram:PostcodeCode"),
        subdivision=_.text(element, "ram:CountrySubDivisionName"),
        country=_.text(element, "ram:CountryID"),
    )  # fmt: skip


def _contact(element: Element | None) -> Contact | None:
    return None if element is None else Contact(
        name=_.text(element, "ram:PersonName") or _.text(element, "ram:DepartmentName"),
        phone=_.text(element, "ram:TelephoneUniversalCommunication/ram:CompleteNumber"),
        email=_.text(element, "ram:EmailURIUniversalCommunication/ram:URIID"),
    )  # fmt: skip


def _delivery(element: Element | None) -> Delivery | None:
    place = _.one(element, "ram:ShipToTradeParty")
    found = Delivery(
        name=_.text(place, "ram:Name"),
        location=identifier(place, "ram:GlobalID") or identifier(place, "ram:ID"),
        date=date(element, "ram:ActualDeliverySupplyChainEvent/ram:OccurrenceDateTime/udt:DateTimeString"),
        address=_address(_.one(place, "ram:PostalTradeAddress")),
    )
    return None if found == Delivery() else found


def _payment_means(settlement: Element | None) -> tuple[PaymentMeans, ...]:
    """CII states the mandate with the terms; it belongs to the direct debit, else to the first means."""
    mandate = _.text(settlement, "ram:SpecifiedTradePaymentTerms/ram:DirectDebitMandateID")
    parts = _.all(settlement, "ram:SpecifiedTradeSettlementPaymentMeans")
    debit = next((at for at, part in enumerate(parts) if _.text(part, "ram:TypeCode") in _DIRECT_DEBITS), 0)
    return tuple(_means(part, mandate if at == debit else None) for at, part in enumerate(parts))


def _means(part: Element, mandate: str | None) -> PaymentMeans:
    account = _.one(part, "ram:PayeePartyCreditorFinancialAccount")
    return PaymentMeans(
        code=_.text(part, "ram:TypeCode"),
        text=_.text(part, "ram:Information"),
        account=_.text(account, "ram:IBANID") or _.text(account, "ram:ProprietaryID"),
        account_name=_.text(account, "ram:AccountName"),
        bank=_.text(part, "ram:PayeeSpecifiedCreditorFinancialInstitution/ram:BICID"),
        card_number=_.text(part, "ram:ApplicableTradeSettlementFinancialCard/ram:ID"),
        card_holder=_.text(part, "ram:ApplicableTradeSettlementFinancialCard/ram:CardholderName"),
        mandate=mandate,
        debited_account=_.text(part, "ram:PayerPartyDebtorFinancialAccount/ram:IBANID"),
    )


def _payment_terms(settlement: Element | None, due_date: str | None) -> tuple[PaymentTerms, ...]:
    found = (_terms(part, due_date) for part in _.all(settlement, "ram:SpecifiedTradePaymentTerms"))
    return tuple(terms for terms in found if terms != PaymentTerms())


def _terms(element: Element, due_date: str | None) -> PaymentTerms:
    own = date(element, "ram:DueDateDateTime/udt:DateTimeString")
    return PaymentTerms(note=_.prose(element, "ram:Description"), due_date=None if own == due_date else own)


def _logistics(settlement: Element | None) -> tuple[AllowanceCharge, ...]:
    return tuple(
        AllowanceCharge(
            amount=_.figure(part, "ram:AppliedAmount"),
            reason=_.text(part, "ram:Description"),
            tax=tax_category(_.one(part, "ram:AppliedTradeTax")),
            logistics=True,
        )
        for part in _.all(settlement, "ram:SpecifiedLogisticsServiceCharge")
    )


def _tax_totals(settlement: Element | None, totals: Element | None, currency: str | None) -> tuple[TaxTotal, ...]:
    """CII keeps the breakdown apart from the totals; it belongs to the total in the document's currency."""
    breakdown = tuple(
        TaxSubtotal(
            taxable=_.figure(part, "ram:BasisAmount"),
            tax=_.figure(part, "ram:CalculatedAmount"),
            category=tax_category(part) or TaxCategory(),
        )
        for part in _.all(settlement, "ram:ApplicableTradeTax")
    )
    stated = [(as_figure(e), tidy(e.get("currencyID"))) for e in _.all(totals, "ram:TaxTotalAmount")]
    own = next((index for index, (_amount, said) in enumerate(stated) if said in (currency, None)), 0)
    found = tuple(
        TaxTotal(amount=amount, currency=said or currency, breakdown=breakdown if index == own else ())
        for index, (amount, said) in enumerate(stated)
    )
    return found or ((TaxTotal(currency=currency, breakdown=breakdown),) if breakdown else ())


def _attachment(element: Element) -> Attachment:
    binary = _.one(element, "ram:AttachmentBinaryObject")
    base64 = None if binary is None else "".join((binary.text or "").split())
    return Attachment(
        reference=_.text(element, "ram:IssuerAssignedID"),
        description=_.text(element, "ram:Name"),
        name=None if binary is None else tidy(binary.get("filename")),
        mime=None if binary is None else tidy(binary.get("mimeCode")),
        uri=_.text(element, "ram:URIID"),
        base64=base64 or None,
        base64_chars=len(base64 or ""),
    )
