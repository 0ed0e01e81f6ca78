"""The portal's addresses."""

from django.urls import path

from eipp.portal import approvals, disputes, home, invoices, payments

app_name = "portal"
urlpatterns = [
    path("", home.HomePage.as_view(), name="home"),
    path("invoices/", invoices.InvoicesPage.as_view(), name="invoices"),
    path("invoices/<uuid:pk>/", invoices.BuyerInvoicePage.as_view(), name="invoice"),
    path("invoices/<uuid:pk>/dispute/", disputes.NewDisputePage.as_view(), name="dispute-invoice"),
    path("approvals/", approvals.ApprovalsPage.as_view(), name="approvals"),
    path("disputes/", disputes.DisputesPage.as_view(), name="disputes"),
    path("disputes/<uuid:pk>/", disputes.BuyerDisputePage.as_view(), name="dispute"),
    path("payments/", payments.PaymentsPage.as_view(), name="payments"),
    path("payments/new/", payments.NewPaymentPage.as_view(), name="pay"),
    path("payments/<uuid:pk>/", payments.PaymentPage.as_view(), name="payment"),
]
