"""The rows of what is said and heard."""

from messaging.notification import Notification
from messaging.outgoing_mail import OutgoingMail
from messaging.thread import Message, ReadMark, Thread

__all__ = ["Message", "Notification", "OutgoingMail", "ReadMark", "Thread"]
