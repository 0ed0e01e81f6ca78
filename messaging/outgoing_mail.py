"""A mail that waits to be sent, is sent, or could not be."""

from django.db import models

from eipp.kernel.record import Entity


class OutgoingMail(Entity):
    """One mail. content: the whole message as bytes, emptied once sent, since it may carry a single-use link.

    retry_at: when it may be tried (again), also the lease of whoever is trying; failed_at: given up, kept for a human.
    """

    sender = models.CharField(max_length=320)
    recipients = models.JSONField()
    subject = models.CharField(max_length=998)
    content = models.BinaryField()
    written_at = models.DateTimeField()
    retry_at = models.DateTimeField()
    attempts = models.IntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=["retry_at"], condition=models.Q(sent_at=None, failed_at=None), name="mail_waiting"),
            models.Index(fields=["failed_at"], condition=models.Q(failed_at__isnull=False), name="mail_failed"),
        )

    def __str__(self) -> str:
        return f"{self.subject} to {', '.join(self.recipients)}"
