"""The rows of what is said and heard."""

from messaging.correction import CorrectionRequest
from messaging.credit_note_mail import CreditNoteMail
from messaging.delivery import Delivery
from messaging.link import MailLink
from messaging.notice_mail import DailyMail
from messaging.notification import Notification
from messaging.outgoing_mail import OutgoingMail
from messaging.preference import MailPreference
from messaging.thread import Message, ReadMark, Thread
from messaging.webhook import WebhookEndpoint
from messaging.webhook_call import WebhookAttempt, WebhookCall

__all__ = [
    "CorrectionRequest",
    "CreditNoteMail",
    "DailyMail",
    "Delivery",
    "MailLink",
    "MailPreference",
    "Message",
    "Notification",
    "OutgoingMail",
    "ReadMark",
    "Thread",
    "WebhookAttempt",
    "WebhookCall",
    "WebhookEndpoint",
]
