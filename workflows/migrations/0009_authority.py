"""Limits by role, and what waits for a second person."""

import django.db.models.deletion
import django_fsm
from django.db import migrations, models

import eipp.kernel.record


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_sign_in"),
        ("workflows", "0008_booking"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuthorityLimit",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("role", models.CharField(max_length=30)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("credit", "Credit"),
                            ("write_off", "Write-off"),
                            ("waiver", "Waiver of a finance charge"),
                            ("refund", "Refund"),
                            ("plan", "Payment plan"),
                        ],
                        max_length=20,
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                ("alone_minor", models.BigIntegerField(null=True)),
                ("second_minor", models.BigIntegerField(null=True)),
                (
                    "supplier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("supplier", "role", "kind", "currency"), name="authority_limit_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("alone_minor", None), ("alone_minor__gte", 0), _connector="OR"),
                            models.Q(
                                ("second_minor", None), ("second_minor__gte", models.F("alone_minor")), _connector="OR"
                            ),
                        ),
                        name="authority_limit_not_negative",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AuthorityRequest",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("state", django_fsm.FSMField(max_length=20, protected=True)),
                ("state_since", models.DateTimeField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("credit", "Credit"),
                            ("write_off", "Write-off"),
                            ("waiver", "Waiver of a finance charge"),
                            ("refund", "Refund"),
                            ("plan", "Payment plan"),
                        ],
                        max_length=20,
                    ),
                ),
                ("deed", models.CharField(max_length=40)),
                ("about_kind", models.CharField(max_length=60)),
                ("about_id", models.UUIDField()),
                ("about_number", models.CharField(blank=True, max_length=200)),
                ("currency", models.CharField(max_length=3)),
                ("amount_minor", models.BigIntegerField()),
                ("payload", models.JSONField(default=dict)),
                ("reason", models.CharField(blank=True, max_length=1000)),
                ("asked_by", models.UUIDField(null=True)),
                ("asked_at", models.DateTimeField()),
                ("decided_by", models.UUIDField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("answer", models.CharField(blank=True, max_length=1000)),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.customeraccount",
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
                "verbose_name": "request",
                "indexes": [models.Index(fields=["supplier", "state", "-asked_at"], name="authority_worklist")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "waiting")),
                        fields=("deed", "about_kind", "about_id"),
                        name="authority_asked_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0)), name="authority_amount_positive"
                    ),
                ],
            },
        ),
    ]
