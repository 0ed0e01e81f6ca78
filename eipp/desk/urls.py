"""The desk's addresses."""

from django.urls import path

from eipp.desk import (
    bank_entries,
    bank_statements,
    cash,
    cash_receipts,
    claims,
    customers,
    disputes,
    home,
    invoices,
    payments,
    portal_access,
    quarantine,
    remittances,
    reports,
    returned_mail,
    statements,
    team,
)
from eipp.web import papers_as_files

app_name = "desk"
urlpatterns = [
    path("", home.HomePage.as_view(), name="home"),
    path("invoices/", invoices.InvoicesPage.as_view(), name="invoices"),
    path("invoices/<uuid:pk>/", invoices.SupplierInvoicePage.as_view(), name="invoice"),
    path("invoices/<uuid:pk>/pdf/", papers_as_files.InvoicePdf.as_view(side="supplier"), name="invoice-pdf"),
    path("credit-notes/<uuid:pk>/pdf/", papers_as_files.CreditNotePdf.as_view(side="supplier"), name="credit-note-pdf"),
    path("disputes/", disputes.DisputesPage.as_view(), name="disputes"),
    path("disputes/claims/", claims.ClaimsPage.as_view(), name="claims"),
    path("disputes/claims/<uuid:pk>/", claims.ClaimPage.as_view(), name="claim"),
    path("disputes/<uuid:pk>/", disputes.SupplierDisputePage.as_view(), name="dispute"),
    path("customers/", customers.CustomersPage.as_view(), name="customers"),
    path("customers/<uuid:pk>/", customers.CustomerPage.as_view(), name="customer"),
    path("customers/<uuid:pk>/statement/", statements.StatementPage.as_view(), name="statement"),
    path("addresses/<uuid:pk>/", returned_mail.ReturnedMailPage.as_view(), name="address"),
    path("payments/", payments.PaymentsPage.as_view(), name="payments"),
    path("payments/remittances/", remittances.RemittancesPage.as_view(), name="remittances"),
    path("payments/remittances/<uuid:pk>/", remittances.RemittancePage.as_view(), name="remittance"),
    path("payments/cash/", cash.CashPage.as_view(), name="cash"),
    path("payments/cash/<uuid:pk>/", cash_receipts.CashReceiptPage.as_view(), name="cash-receipt"),
    path("payments/entries/<uuid:pk>/", bank_entries.BankEntryPage.as_view(), name="bank-entry"),
    path("payments/bank-statements/", bank_statements.BankStatementsPage.as_view(), name="bank-statements"),
    path("payments/bank-statements/<uuid:pk>/", bank_statements.BankStatementPage.as_view(), name="bank-statement"),
    path("payments/<uuid:pk>/", payments.PaymentPage.as_view(), name="payment"),
    path("payments/<uuid:pk>/receipt/", papers_as_files.ReceiptPdf.as_view(side="supplier"), name="receipt"),
    path("documents/", quarantine.QuarantinePage.as_view(), name="quarantine"),
    path("documents/<uuid:pk>/", quarantine.DocumentPage.as_view(), name="document"),
    path("team/", team.TeamPage.as_view(), name="team"),
    path("team/keys/", team.KeysPage.as_view(), name="keys"),
    path("team/<uuid:pk>/", team.MemberPage.as_view(), name="member"),
    path("customers/<uuid:pk>/portal/", portal_access.PortalAccessPage.as_view(), name="portal-access"),
    path("reports/", reports.ReportsPage.as_view(), name="reports"),
    *reports.addresses(),
]
