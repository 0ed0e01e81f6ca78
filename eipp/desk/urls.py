"""The desk's addresses."""

from django.urls import path

from eipp.desk import customers, disputes, home, invoices, payments, quarantine

app_name = "desk"
urlpatterns = [
    path("", home.HomePage.as_view(), name="home"),
    path("invoices/", invoices.InvoicesPage.as_view(), name="invoices"),
    path("invoices/<uuid:pk>/", invoices.SupplierInvoicePage.as_view(), name="invoice"),
    path("disputes/", disputes.DisputesPage.as_view(), name="disputes"),
    path("disputes/<uuid:pk>/", disputes.SupplierDisputePage.as_view(), name="dispute"),
    path("customers/", customers.CustomersPage.as_view(), name="customers"),
    path("customers/<uuid:pk>/", customers.CustomerPage.as_view(), name="customer"),
    path("payments/", payments.PaymentsPage.as_view(), name="payments"),
    path("payments/<uuid:pk>/", payments.PaymentPage.as_view(), name="payment"),
    path("documents/", quarantine.QuarantinePage.as_view(), name="quarantine"),
    path("documents/<uuid:pk>/", quarantine.DocumentPage.as_view(), name="document"),
]
