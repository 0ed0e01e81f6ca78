"""What was known when, for postings that count on a day that was over; and the seals of statements."""

import django.db.models.deletion
from django.db import migrations, models

import eipp.kernel.record
from eipp.kernel import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_discount"),
        ("ledger", "0007_discount"),
    ]

    operations = [
        migrations.CreateModel(
            name="SealedStatement",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField(max_length=20)),
                ("first", models.DateField(null=True)),
                ("last", models.DateField()),
                ("known_at", models.DateTimeField()),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("code", models.CharField(max_length=16, unique=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="posting",
            name="is_backdated",
            field=models.BooleanField(default=False),
        ),
        migrations.AddIndex(
            model_name="posting",
            index=models.Index(
                condition=models.Q(("is_backdated", True)), fields=["account", "recorded_at"], name="posting_backdated"
            ),
        ),
        migrations.AddField(
            model_name="sealedstatement",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.customeraccount"
            ),
        ),
        append_only.GuardAgain("ledger_posting"),
        append_only.Guard("ledger_sealedstatement"),
    ]
