"""The portal's addresses."""

from django.urls import path

from eipp.portal import (
    addresses,
    approval_rules,
    approvals,
    cash,
    claims,
    disputes,
    home,
    invoices,
    payments,
    remittances,
    reports,
    statements,
    team,
    webhooks,
)
from eipp.web import papers_as_files

app_name = "portal"
urlpatterns = [
    path("", home.HomePage.as_view(), name="home"),
    path("invoices/", invoices.InvoicesPage.as_view(), name="invoices"),
    path("invoices/<uuid:pk>/", invoices.BuyerInvoicePage.as_view(), name="invoice"),
    path("invoices/<uuid:pk>/dispute/", disputes.NewDisputePage.as_view(), name="dispute-invoice"),
    path("invoices/<uuid:pk>/pdf/", papers_as_files.InvoicePdf.as_view(side="buyer"), name="invoice-pdf"),
    path("credit-notes/<uuid:pk>/pdf/", papers_as_files.CreditNotePdf.as_view(side="buyer"), name="credit-note-pdf"),
    path("statements/", statements.StatementsPage.as_view(), name="statements"),
    path("addresses/", addresses.AddressesPage.as_view(), name="addresses"),
    path("approvals/", approvals.ApprovalsPage.as_view(), name="approvals"),
    path("disputes/", disputes.DisputesPage.as_view(), name="disputes"),
    path("disputes/claims/", claims.ClaimsPage.as_view(), name="claims"),
    path("disputes/claims/new/", claims.NewClaimPage.as_view(), name="new-claim"),
    path("disputes/claims/sheet/", claims.ClaimTemplatePage.as_view(), name="claim-template"),
    path("disputes/claims/<uuid:pk>/", claims.ClaimPage.as_view(), name="claim"),
    path("disputes/<uuid:pk>/", disputes.BuyerDisputePage.as_view(), name="dispute"),
    path("payments/", payments.PaymentsPage.as_view(), name="payments"),
    path("payments/received/", cash.ReceiptsPage.as_view(), name="receipts"),
    path("payments/new/", payments.NewPaymentPage.as_view(), name="pay"),
    path("payments/remittances/", remittances.RemittancesPage.as_view(), name="remittances"),
    path("payments/remittances/new/", remittances.NewRemittancePage.as_view(), name="new-remittance"),
    path("payments/remittances/<uuid:pk>/", remittances.RemittancePage.as_view(), name="remittance"),
    path("payments/<uuid:pk>/", payments.PaymentPage.as_view(), name="payment"),
    path("payments/<uuid:pk>/receipt/", papers_as_files.ReceiptPdf.as_view(side="buyer"), name="receipt"),
    path("team/", team.TeamPage.as_view(), name="team"),
    path("team/keys/", team.KeysPage.as_view(), name="keys"),
    path("team/webhooks/", webhooks.WebhooksPage.as_view(), name="webhooks"),
    path("team/webhooks/<uuid:pk>/", webhooks.WebhookPage.as_view(), name="webhook"),
    path("team/rules/", approval_rules.RulesPage.as_view(), name="approval-rules"),
    path("team/<uuid:pk>/", team.MemberPage.as_view(), name="member"),
    path("reports/", reports.ReportsPage.as_view(), name="reports"),
    *reports.addresses(),
]
