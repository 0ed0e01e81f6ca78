"""The API's addresses."""

from django.urls import include, path, re_path

from eipp.api import (
    accounts,
    approvals,
    callbacks,
    credit_notes,
    dispute_actions,
    disputes,
    documentation,
    feed,
    intakes,
    invoice_bulk,
    invoices,
    payments,
    problems,
    threads,
)

app_name = "api"

version_1 = [
    path("summary", accounts.WholeSummary.as_view(), name="summary"),
    path("accounts", accounts.AccountList.as_view(), name="accounts"),
    path("accounts/<uuid:id>", accounts.AccountOne.as_view(), name="account"),
    path("accounts/<uuid:id>/summary", accounts.AccountSums.as_view(), name="account-summary"),
    path("invoices", invoices.InvoiceList.as_view(), name="invoices"),
    path("invoices/bulk", invoice_bulk.InvoiceBulk.as_view(), name="invoices-bulk"),
    path("invoices/<uuid:id>", invoices.InvoiceOne.as_view(), name="invoice"),
    path("invoices/<uuid:id>/original", invoices.InvoiceOriginal.as_view(), name="invoice-original"),
    path("invoices/<uuid:id>/history", invoices.InvoiceHistory.as_view(), name="invoice-history"),
    path("invoices/<uuid:id>/withdraw", invoices.InvoiceWithdraw.as_view(), name="invoice-withdraw"),
    path("intakes", intakes.IntakeList.as_view(), name="intakes"),
    path("intakes/<uuid:id>", intakes.IntakeOne.as_view(), name="intake"),
    path("intakes/<uuid:id>/original", intakes.IntakeOriginal.as_view(), name="intake-original"),
    path("intakes/<uuid:id>/release", intakes.IntakeRelease.as_view(), name="intake-release"),
    path("credit-notes", credit_notes.CreditNoteList.as_view(), name="credit-notes"),
    path("credit-notes/<uuid:id>", credit_notes.CreditNoteOne.as_view(), name="credit-note"),
    path("callbacks/<slug:gateway>", callbacks.Callback.as_view(), name="callback"),
    path("events", feed.EventFeed.as_view(), name="events"),
    path("threads", threads.ThreadList.as_view(), name="threads"),
    path("threads/<uuid:id>/messages", threads.ThreadMessages.as_view(), name="messages"),
    path("disputes", disputes.DisputeList.as_view(), name="disputes"),
    path("disputes/<uuid:id>", disputes.DisputeOne.as_view(), name="dispute"),
    path("disputes/<uuid:id>/take", dispute_actions.Take.as_view(), name="dispute-take"),
    path("disputes/<uuid:id>/ask", dispute_actions.Ask.as_view(), name="dispute-ask"),
    path("disputes/<uuid:id>/answer", dispute_actions.Answer.as_view(), name="dispute-answer"),
    path("disputes/<uuid:id>/propose", dispute_actions.Propose.as_view(), name="dispute-propose"),
    path("disputes/<uuid:id>/accept", dispute_actions.Accept.as_view(), name="dispute-accept"),
    path("disputes/<uuid:id>/agree", dispute_actions.Agree.as_view(), name="dispute-agree"),
    path("disputes/<uuid:id>/decline", dispute_actions.Decline.as_view(), name="dispute-decline"),
    path("disputes/<uuid:id>/withdraw", dispute_actions.Withdraw.as_view(), name="dispute-withdraw"),
    path("disputes/<uuid:id>/escalate", dispute_actions.Escalate.as_view(), name="dispute-escalate"),
    path("approvals", approvals.ApprovalList.as_view(), name="approvals"),
    path("approvals/<uuid:id>", approvals.ApprovalOne.as_view(), name="approval"),
    path("approvals/<uuid:id>/decide", approvals.ApprovalDecide.as_view(), name="approval-decide"),
    path("payments", payments.PaymentList.as_view(), name="payments"),
    path("payments/<uuid:id>", payments.PaymentOne.as_view(), name="payment"),
    path("payments/<uuid:id>/cancel", payments.PaymentCancel.as_view(), name="payment-cancel"),
]

urlpatterns = [
    path("v1/", include(version_1)),
    path("openapi.yaml", documentation.openapi, name="openapi"),
    path("docs/", documentation.explorer, name="explorer"),
    re_path(r"^(?P<path>.*)$", problems.nowhere),
]
