"""Mails of invoices, their links and what became of them; what each person wants by mail; requests for corrections."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import eipp.kernel.record


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_mail_address"),
        ("ledger", "0003_search"),
        ("messaging", "0001_initial"),
        ("workflows", "0003_mended"),
    ]

    operations = [
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
            ],
        ),
        migrations.CreateModel(
            name="DailyMail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("written_at", models.DateTimeField()),
            ],
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
            ],
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
            ],
            options={
                "abstract": False,
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
        ),
        migrations.AddField(
            model_name="notification",
            name="mail_way",
            field=models.CharField(blank=True, max_length=10),
        ),
        migrations.AddField(
            model_name="notification",
            name="mailed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(
                condition=models.Q(models.Q(("mail_way", ""), _negated=True), ("mailed_at", None)),
                fields=["mail_way", "notified_at"],
                name="notification_to_mail",
            ),
        ),
        migrations.AddIndex(
            model_name="outgoingmail",
            index=models.Index(
                condition=models.Q(("failed_at__isnull", False)), fields=["failed_at"], name="mail_failed"
            ),
        ),
        migrations.AddField(
            model_name="correctionrequest",
            name="mail",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="messaging.outgoingmail"
            ),
        ),
        migrations.AddField(
            model_name="correctionrequest",
            name="presentment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="correction_requests",
                to="workflows.presentment",
            ),
        ),
        migrations.AddField(
            model_name="correctionrequest",
            name="supplier",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
            ),
        ),
        migrations.AddField(
            model_name="dailymail",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.customeraccount"
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="address",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deliveries",
                to="accounts.mailaddress",
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="invoice",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="deliveries", to="ledger.invoice"
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="mail",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="delivery",
                to="messaging.outgoingmail",
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="presentment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="deliveries", to="workflows.presentment"
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="supplier",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
            ),
        ),
        migrations.AddField(
            model_name="maillink",
            name="delivery",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="links", to="messaging.delivery"
            ),
        ),
        migrations.AddIndex(
            model_name="correctionrequest",
            index=models.Index(fields=["supplier", "-asked_at"], name="correction_newest"),
        ),
        migrations.AddConstraint(
            model_name="dailymail",
            constraint=models.UniqueConstraint(fields=("person", "day"), name="daily_mail_once"),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("bounced_at", None), ("mail", None)), fields=["retry_at"], name="delivery_unwritten"
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["supplier", "email_folded"], name="delivery_email"),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(fields=("event_id", "email_folded"), name="delivered_once"),
        ),
    ]
