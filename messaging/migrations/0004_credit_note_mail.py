"""Credit notes that are mailed, one row for each address."""

import django.db.models.deletion
from django.db import migrations, models

import eipp.kernel.record


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_sign_in"),
        ("ledger", "0003_search"),
        ("messaging", "0003_webhook"),
    ]

    operations = [
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="mails", to="ledger.creditnote"
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("mail", None)), fields=["retry_at"], name="credit_note_mail_unwritten"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("event_id", "email_folded"), name="credit_note_mailed_once")
                ],
            },
        ),
    ]
