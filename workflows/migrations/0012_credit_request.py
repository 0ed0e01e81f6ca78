"""Credit that the ERP is asked for, and the credit note that answers it."""

import django.db.models.deletion
import django_fsm
from django.db import migrations, models

import eipp.kernel.record


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_issuers"),
        ("ledger", "0006_finance_charge"),
        ("workflows", "0011_refund"),
    ]

    operations = [
        migrations.AddField(
            model_name="presentment",
            name="credit_request_id",
            field=models.UUIDField(null=True),
        ),
        migrations.CreateModel(
            name="CreditRequest",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("state", django_fsm.FSMField(max_length=20, protected=True)),
                ("state_since", models.DateTimeField()),
                ("origin", models.CharField(max_length=20)),
                ("number", models.CharField(max_length=20)),
                ("currency", models.CharField(max_length=3)),
                ("amount_minor", models.BigIntegerField()),
                ("reason", models.TextField(blank=True, max_length=5000)),
                ("lines", models.JSONField(default=list)),
                ("answer", models.CharField(blank=True, max_length=1000)),
                ("requested_by", models.UUIDField(null=True)),
                ("requested_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credit_requests",
                        to="accounts.customeraccount",
                    ),
                ),
                (
                    "buyer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "credit_note",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credit_request",
                        to="ledger.creditnote",
                    ),
                ),
                (
                    "dispute",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credit_requests",
                        to="workflows.dispute",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credit_requests",
                        to="ledger.invoice",
                    ),
                ),
                (
                    "legal_entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.legalentity"
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
                "verbose_name": "credit request",
                "indexes": [
                    models.Index(fields=["supplier", "state", "-requested_at"], name="credit_request_list"),
                    models.Index(fields=["buyer", "state", "-requested_at"], name="credit_request_buyer"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("supplier", "number"), name="credit_request_number"),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0)), name="credit_request_amount_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("credit_note__isnull", False), ("state", "closed")),
                            models.Q(models.Q(("state", "closed"), _negated=True), ("credit_note", None)),
                            _connector="OR",
                        ),
                        name="credit_request_closed_by_its_note",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")), fields=("dispute",), name="credit_request_of_dispute"
                    ),
                ],
            },
        ),
    ]
