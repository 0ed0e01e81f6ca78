"""All of this app's tables as they are now, for a new database; an older one takes the steps that this replaces."""

import django.db.models.deletion
from django.db import migrations, models

import eipp.kernel.record
import eipp.kernel.together


class Migration(migrations.Migration):
    replaces = [
        ("gateways", "0001_initial"),
        ("gateways", "0002_bank_debit"),
        ("gateways", "0003_sandbox_complete"),
        ("gateways", "0004_callback"),
        ("gateways", "0005_stripe"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0004_issuers"),
    ]

    operations = [
        eipp.kernel.together.Together(
            models=[
                migrations.CreateModel(
                    name="GatewayAccount",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("gateway", models.CharField(max_length=30)),
                        ("locked_credentials", models.TextField(blank=True)),
                        ("company_id", models.CharField(blank=True, max_length=10)),
                        ("changed_at", models.DateTimeField()),
                        (
                            "legal_entity",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="gateway_accounts",
                                to="accounts.legalentity",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [],
                        "constraints": [
                            models.UniqueConstraint(fields=("legal_entity", "gateway"), name="gateway_account_one")
                        ],
                    },
                ),
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
                        ("challenged_at", models.DateTimeField(null=True)),
                        ("contested_at", models.DateTimeField(null=True)),
                        ("is_won", models.BooleanField(default=False)),
                        ("merchant", models.UUIDField(null=True)),
                        ("taken_currency", models.CharField(blank=True, max_length=3)),
                        ("taken_minor", models.BigIntegerField(null=True)),
                        ("turned", models.PositiveIntegerField(default=0)),
                        ("words", models.PositiveIntegerField(default=0)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("callback_due_at__isnull", False)),
                                fields=["callback_due_at"],
                                name="sandbox_callback_due",
                            ),
                            models.Index(
                                condition=models.Q(("turns_at__isnull", False)),
                                fields=["turns_at"],
                                name="sandbox_turns",
                            ),
                        ],
                        "constraints": [],
                    },
                ),
                migrations.CreateModel(
                    name="SandboxFault",
                    fields=[
                        ("name", models.CharField(max_length=20, primary_key=True, serialize=False)),
                        ("left", models.PositiveIntegerField()),
                    ],
                    options={
                        "indexes": [],
                        "constraints": [],
                    },
                ),
                migrations.CreateModel(
                    name="SandboxMeans",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("words", models.PositiveIntegerField(default=0)),
                        ("callback_due_at", models.DateTimeField(null=True)),
                        ("callback_attempts", models.PositiveIntegerField(default=0)),
                        ("reference", models.UUIDField(unique=True)),
                        ("merchant", models.UUIDField(null=True)),
                        ("status", models.CharField(default="open", max_length=12)),
                        ("method", models.CharField(max_length=20)),
                        ("holder", models.CharField(max_length=200)),
                        ("payee", models.CharField(max_length=200)),
                        ("return_url", models.URLField(max_length=500)),
                        ("cancel_url", models.URLField(max_length=500)),
                        ("token", models.CharField(blank=True, max_length=60)),
                        ("last_digits", models.CharField(blank=True, max_length=4)),
                        ("expires_on", models.DateField(null=True)),
                        ("failure", models.CharField(blank=True, max_length=40)),
                        ("created_at", models.DateTimeField()),
                        ("challenged_at", models.DateTimeField(null=True)),
                        ("amounts_at", models.DateTimeField(null=True)),
                        ("tries", models.PositiveIntegerField(default=0)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("token", ""), _negated=True),
                                fields=("token",),
                                name="sandbox_token",
                            )
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="SandboxTransaction",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("key", models.CharField(max_length=60, unique=True)),
                        ("merchant", models.UUIDField(null=True)),
                        ("reference", models.UUIDField(db_index=True)),
                        ("kind", models.CharField(max_length=12)),
                        ("amount_minor", models.BigIntegerField()),
                        ("currency", models.CharField(max_length=3)),
                        ("on", models.DateField(db_index=True)),
                    ],
                    options={
                        "abstract": False,
                        "indexes": [],
                        "constraints": [],
                    },
                ),
                migrations.CreateModel(
                    name="StripeReference",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("reference", models.UUIDField(unique=True)),
                        ("kind", models.CharField(max_length=10)),
                        ("stripe_id", models.CharField(blank=True, max_length=100)),
                        ("intent_id", models.CharField(blank=True, db_index=True, max_length=100)),
                        ("customer_id", models.CharField(blank=True, max_length=100)),
                        ("url", models.URLField(blank=True, max_length=2000)),
                        ("parent", models.UUIDField(null=True)),
                        ("failure", models.CharField(blank=True, max_length=40)),
                        ("asked_at", models.DateTimeField()),
                        (
                            "legal_entity",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.legalentity"
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
                    name="Callback",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("gateway", models.CharField(max_length=30)),
                        ("event_id", models.CharField(blank=True, max_length=100)),
                        ("kind", models.CharField(blank=True, max_length=10)),
                        ("reference", models.UUIDField(null=True)),
                        ("body_hash", models.CharField(max_length=64)),
                        ("headers", models.JSONField(default=dict)),
                        ("body", models.TextField(blank=True)),
                        ("verdict", models.CharField(max_length=10)),
                        ("reason", models.CharField(blank=True, max_length=200)),
                        ("times", models.PositiveIntegerField(default=1)),
                        ("received_at", models.DateTimeField()),
                        ("last_at", models.DateTimeField()),
                        ("taken_up_at", models.DateTimeField(null=True)),
                        (
                            "supplier",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
                            ),
                        ),
                        (
                            "account",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="gateways.gatewayaccount",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["supplier", "-received_at", "-id"], name="callback_supplier"),
                            models.Index(fields=["gateway", "verdict", "received_at"], name="callback_verdict"),
                            models.Index(
                                condition=models.Q(("taken_up_at", None), ("verdict", "heard")),
                                fields=["received_at"],
                                name="callback_waiting",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("event_id", ""), _negated=True),
                                fields=("gateway", "event_id"),
                                name="callback_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MethodRule",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("method", models.CharField(max_length=20)),
                        ("currency", models.CharField(blank=True, max_length=3)),
                        ("is_offered", models.BooleanField(default=True)),
                        ("least_minor", models.BigIntegerField(null=True)),
                        ("most_minor", models.BigIntegerField(null=True)),
                        ("age_days", models.PositiveIntegerField(default=0)),
                        ("to", models.CharField(default="everyone", max_length=10)),
                        ("accounts", models.ManyToManyField(related_name="+", to="accounts.customeraccount")),
                        (
                            "gateway_account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="rules",
                                to="gateways.gatewayaccount",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("gateway_account", "method", "currency"), name="method_rule_one"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("most_minor", None),
                                    ("least_minor", None),
                                    ("most_minor__gte", models.F("least_minor")),
                                    _connector="OR",
                                ),
                                name="method_rule_least_to_most",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("currency", ""), _negated=True),
                                    models.Q(("least_minor", None), ("most_minor", None)),
                                    _connector="OR",
                                ),
                                name="method_rule_amounts_have_currency",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SandboxRefund",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("words", models.PositiveIntegerField(default=0)),
                        ("callback_due_at", models.DateTimeField(null=True)),
                        ("callback_attempts", models.PositiveIntegerField(default=0)),
                        ("reference", models.UUIDField(unique=True)),
                        ("status", models.CharField(max_length=12)),
                        ("amount_minor", models.BigIntegerField()),
                        ("currency", models.CharField(max_length=3)),
                        ("failure", models.CharField(blank=True, max_length=40)),
                        ("created_at", models.DateTimeField()),
                        ("turns_at", models.DateTimeField(null=True)),
                        (
                            "charge",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="refunds",
                                to="gateways.sandboxcharge",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "indexes": [],
                        "constraints": [],
                    },
                ),
            ],
        ),
    ]
