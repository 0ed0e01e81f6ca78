"""All of this app's tables as they are now, for a new database; an older one takes the steps that this replaces."""

from django.db import migrations, models

import eipp.kernel.record


class Migration(migrations.Migration):
    replaces = [("gateways", "0001_initial"), ("gateways", "0002_bank_debit")]

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="SandboxCharge",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("reference", models.UUIDField(unique=True)),
                ("status", models.CharField(default="open", max_length=12)),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("payee", models.CharField(max_length=200)),
                ("description", models.CharField(max_length=500)),
                ("return_url", models.URLField(max_length=500)),
                ("cancel_url", models.URLField(max_length=500)),
                ("failure", models.CharField(blank=True, max_length=40)),
                ("last_digits", models.CharField(blank=True, max_length=4)),
                ("charged", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("callback_due_at", models.DateTimeField(null=True)),
                ("callback_attempts", models.PositiveIntegerField(default=0)),
                ("debited_at", models.DateTimeField(null=True)),
                ("method", models.CharField(default="card", max_length=20)),
                ("turns_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("callback_due_at__isnull", False)),
                        fields=["callback_due_at"],
                        name="sandbox_callback_due",
                    ),
                    models.Index(
                        condition=models.Q(("turns_at__isnull", False)), fields=["turns_at"], name="sandbox_turns"
                    ),
                ],
                "constraints": [],
            },
        ),
    ]
