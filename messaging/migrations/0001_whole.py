"""All of this app's tables as they are now, for a new database; an older one takes the steps that this replaces."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import eipp.kernel.record
import eipp.kernel.together


class Migration(migrations.Migration):
    replaces = [
        ("messaging", "0001_initial"),
        ("messaging", "0002_delivery"),
        ("messaging", "0003_webhook"),
        ("messaging", "0004_credit_note_mail"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0003_sign_in"),
        ("ledger", "0003_search"),
        ("workflows", "0003_mended"),
    ]

    operations = [
        eipp.kernel.together.Together(
            models=[
                migrations.CreateModel(
                    name="DailyMail",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("day", models.DateField()),
                        ("written_at", models.DateTimeField()),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "indexes": [],
                        "constraints": [models.UniqueConstraint(fields=("person", "day"), name="daily_mail_once")],
                    },
                ),
                migrations.CreateModel(
                    name="MailPreference",
                    fields=[
                        (
                            "person",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="+",
                                serialize=False,
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("ways", models.JSONField(default=dict)),
                        ("time_zone", models.CharField(blank=True, max_length=60)),
                    ],
                    options={
                        "indexes": [],
                        "constraints": [],
                    },
                ),
                migrations.CreateModel(
                    name="Notification",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("person_id", models.UUIDField()),
                        ("organisation_id", models.UUIDField()),
                        ("account_id", models.UUIDField(null=True)),
                        ("event_id", models.BigIntegerField()),
                        ("kind", models.CharField(max_length=40)),
                        ("object_id", models.UUIDField()),
                        ("notified_at", models.DateTimeField()),
                        ("read_at", models.DateTimeField(null=True)),
                        ("mail_way", models.CharField(blank=True, max_length=10)),
                        ("mailed_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("read_at", None)),
                                fields=["person_id", "organisation_id"],
                                name="notification_unread",
                            ),
                            models.Index(fields=["person_id", "organisation_id", "-id"], name="notification_newest"),
                            models.Index(
                                condition=models.Q(models.Q(("mail_way", ""), _negated=True), ("mailed_at", None)),
                                fields=["mail_way", "notified_at"],
                                name="notification_to_mail",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("person_id", "organisation_id", "event_id"), name="notified_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OutgoingMail",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("sender", models.CharField(max_length=320)),
                        ("recipients", models.JSONField()),
                        ("subject", models.CharField(max_length=998)),
                        ("content", models.BinaryField()),
                        ("written_at", models.DateTimeField()),
                        ("retry_at", models.DateTimeField()),
                        ("attempts", models.IntegerField(default=0)),
                        ("sent_at", models.DateTimeField(null=True)),
                        ("failed_at", models.DateTimeField(null=True)),
                        ("error", models.CharField(blank=True, max_length=500)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("failed_at", None), ("sent_at", None)),
                                fields=["retry_at"],
                                name="mail_waiting",
                            ),
                            models.Index(
                                condition=models.Q(("failed_at__isnull", False)),
                                fields=["failed_at"],
                                name="mail_failed",
                            ),
                        ],
                        "constraints": [],
                    },
                ),
                migrations.CreateModel(
                    name="Thread",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("kind", models.CharField(max_length=40)),
                        ("object_id", models.UUIDField()),
                        ("supplier_id", models.UUIDField(null=True)),
                        ("buyer_id", models.UUIDField(null=True)),
                        ("account_id", models.UUIDField(null=True)),
                        ("next_sequence", models.BigIntegerField(default=1)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("kind", "object_id"), name="thread_one_per_subject")
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="WebhookEndpoint",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("url", models.CharField(max_length=500)),
                        ("title", models.CharField(blank=True, max_length=100)),
                        ("names", models.JSONField(default=list)),
                        ("locked_secret", models.TextField()),
                        ("locked_former_secret", models.TextField(blank=True)),
                        ("former_until", models.DateTimeField(null=True)),
                        ("created_at", models.DateTimeField()),
                        ("switched_off_at", models.DateTimeField(null=True)),
                        ("reason", models.CharField(blank=True, max_length=300)),
                        ("removed_at", models.DateTimeField(null=True)),
                        ("failing_since", models.DateTimeField(null=True)),
                        ("failures", models.IntegerField(default=0)),
                        ("rests_until", models.DateTimeField(null=True)),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="webhooks",
                                to="accounts.organisation",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["organisation", "-created_at"], name="webhook_newest")],
                        "constraints": [],
                    },
                ),
                migrations.CreateModel(
                    name="CorrectionRequest",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("email", models.EmailField(max_length=254)),
                        ("text", models.TextField()),
                        ("asked_at", models.DateTimeField()),
                        ("asked_by_id", models.UUIDField(null=True)),
                        (
                            "mail",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="messaging.outgoingmail",
                            ),
                        ),
                        (
                            "presentment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="correction_requests",
                                to="workflows.presentment",
                            ),
                        ),
                        (
                            "supplier",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["supplier", "-asked_at"], name="correction_newest")],
                        "constraints": [],
                    },
                ),
                migrations.CreateModel(
                    name="CreditNoteMail",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("event_id", models.BigIntegerField()),
                        ("account_id", models.UUIDField()),
                        ("email", models.EmailField(max_length=254)),
                        ("email_folded", models.CharField(max_length=400)),
                        ("made_at", models.DateTimeField()),
                        ("retry_at", models.DateTimeField()),
                        ("attempts", models.IntegerField(default=0)),
                        (
                            "credit_note",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="mails",
                                to="ledger.creditnote",
                            ),
                        ),
                        (
                            "mail",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="credit_note_mail",
                                to="messaging.outgoingmail",
                            ),
                        ),
                        (
                            "supplier",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("mail", None)),
                                fields=["retry_at"],
                                name="credit_note_mail_unwritten",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("event_id", "email_folded"), name="credit_note_mailed_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Delivery",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("event_id", models.BigIntegerField()),
                        ("email", models.EmailField(max_length=254)),
                        ("email_folded", models.CharField(max_length=400)),
                        ("made_at", models.DateTimeField()),
                        ("retry_at", models.DateTimeField()),
                        ("attempts", models.IntegerField(default=0)),
                        ("bounced_at", models.DateTimeField(null=True)),
                        ("bounce_reason", models.CharField(blank=True, max_length=300)),
                        ("opened_at", models.DateTimeField(null=True)),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.customeraccount",
                            ),
                        ),
                        (
                            "address",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="deliveries",
                                to="accounts.mailaddress",
                            ),
                        ),
                        (
                            "invoice",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="deliveries",
                                to="ledger.invoice",
                            ),
                        ),
                        (
                            "mail",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="delivery",
                                to="messaging.outgoingmail",
                            ),
                        ),
                        (
                            "presentment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="deliveries",
                                to="workflows.presentment",
                            ),
                        ),
                        (
                            "supplier",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("bounced_at", None), ("mail", None)),
                                fields=["retry_at"],
                                name="delivery_unwritten",
                            ),
                            models.Index(fields=["supplier", "email_folded"], name="delivery_email"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("event_id", "email_folded"), name="delivered_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Message",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("sequence", models.BigIntegerField()),
                        ("author_kind", models.CharField(max_length=10)),
                        ("author_id", models.UUIDField(null=True)),
                        ("side", models.CharField(max_length=10)),
                        ("body", models.TextField(blank=True)),
                        ("internal", models.BooleanField(default=False)),
                        ("event_id", models.BigIntegerField(null=True)),
                        ("client_id", models.CharField(blank=True, max_length=64)),
                        ("said_at", models.DateTimeField()),
                        (
                            "thread",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="messages",
                                to="messaging.thread",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("thread", "sequence"), name="message_sequence"),
                            models.UniqueConstraint(fields=("thread", "event_id"), name="message_narrates_once"),
                            models.UniqueConstraint(
                                condition=models.Q(("client_id", ""), _negated=True),
                                fields=("thread", "author_id", "client_id"),
                                name="message_sent_once",
                            ),
                        ],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("event_id", None)), fields=["side", "said_at"], name="message_said"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReadMark",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("person_id", models.UUIDField()),
                        ("sequence", models.BigIntegerField(default=0)),
                        (
                            "thread",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="read_marks",
                                to="messaging.thread",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("thread", "person_id"), name="read_mark_one_per_person")
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="WebhookCall",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("event_id", models.BigIntegerField()),
                        ("position", models.BigIntegerField()),
                        ("name", models.CharField(max_length=60)),
                        ("made_at", models.DateTimeField()),
                        ("retry_at", models.DateTimeField()),
                        ("attempts", models.IntegerField(default=0)),
                        ("taken_at", models.DateTimeField(null=True)),
                        ("failed_at", models.DateTimeField(null=True)),
                        (
                            "endpoint",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="calls",
                                to="messaging.webhookendpoint",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("failed_at", None), ("taken_at", None)),
                                fields=["retry_at"],
                                name="webhook_call_waiting",
                            ),
                            models.Index(fields=["endpoint", "-position"], name="webhook_call_newest"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("endpoint", "event_id"), name="webhook_called_for_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MailLink",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("fingerprint", models.CharField(max_length=64, unique=True)),
                        ("made_at", models.DateTimeField()),
                        ("expires_at", models.DateTimeField()),
                        ("revoked_at", models.DateTimeField(null=True)),
                        (
                            "delivery",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="links",
                                to="messaging.delivery",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "indexes": [],
                        "constraints": [],
                    },
                ),
                migrations.CreateModel(
                    name="WebhookAttempt",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("tried_at", models.DateTimeField()),
                        ("status", models.IntegerField(null=True)),
                        ("milliseconds", models.IntegerField()),
                        ("answer", models.TextField(blank=True)),
                        ("fault", models.CharField(blank=True, max_length=300)),
                        (
                            "call",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="tries",
                                to="messaging.webhookcall",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["call", "tried_at"], name="webhook_attempt_log")],
                        "constraints": [],
                    },
                ),
            ],
        ),
    ]
