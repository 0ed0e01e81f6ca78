"""All of this app's tables as they are now, for a new database; an older one takes the steps that this replaces."""

import django.db.models.deletion
import django_fsm
from django.conf import settings
from django.db import migrations, models

import eipp.kernel.record
from eipp.kernel.append_only import guard


class Migration(migrations.Migration):
    replaces = [
        ("workflows", "0001_initial"),
        ("workflows", "0002_append_only"),
        ("workflows", "0003_mended"),
        ("workflows", "0004_payment_method"),
        ("workflows", "0005_remittance_advice"),
        ("workflows", "0006_bank_statement"),
        ("workflows", "0007_claim"),
        ("workflows", "0008_booking"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_whole"),
        ("documents", "0001_whole"),
        ("ledger", "0001_whole"),
    ]

    operations = [
        migrations.CreateModel(
            name="ApprovalRun",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("state", django_fsm.FSMField(max_length=20, protected=True)),
                ("state_since", models.DateTimeField()),
                ("currency", models.CharField(max_length=3)),
                ("content_hash", models.CharField(max_length=64)),
                ("quorum", models.PositiveSmallIntegerField()),
                ("four_eyes", models.BooleanField()),
                ("covered_minor", models.BigIntegerField(default=0)),
                ("requested_at", models.DateTimeField()),
                (
                    "buyer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="approval_runs", to="ledger.invoice"
                    ),
                ),
            ],
            options={
                "verbose_name": "approval",
                "indexes": [models.Index(fields=["buyer", "state", "-requested_at"], name="approval_run_waiting")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("waiting", "approved", "rejected"))),
                        fields=("invoice",),
                        name="one_active_approval_run",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ApprovalDecision",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("decided_by", models.UUIDField()),
                ("verdict", models.CharField(max_length=10)),
                ("reason", models.CharField(blank=True, max_length=1000)),
                ("currency", models.CharField(max_length=3)),
                ("amount_minor", models.BigIntegerField()),
                ("content_hash", models.CharField(max_length=64)),
                ("decided_at", models.DateTimeField()),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="workflows.approvalrun",
                    ),
                ),
            ],
            options={
                "indexes": [],
                "constraints": [models.UniqueConstraint(fields=("run", "decided_by"), name="one_decision_per_person")],
            },
        ),
        migrations.CreateModel(
            name="Dispute",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("state", django_fsm.FSMField(max_length=20, protected=True)),
                ("state_since", models.DateTimeField()),
                ("number", models.CharField(max_length=20)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("price", "Price"),
                            ("quantity", "Quantity"),
                            ("not_received", "Not received"),
                            ("damaged", "Damaged"),
                            ("duplicate", "Duplicate"),
                            ("order_number", "Missing or wrong order number"),
                            ("bill_to", "Wrong bill-to"),
                            ("freight", "Freight"),
                            ("promotion", "Rebate or promotion"),
                            ("tax", "Tax or exemption"),
                            ("terms", "Terms"),
                            ("unearned_discount", "Unearned discount"),
                            ("proof_of_delivery", "No proof of delivery"),
                            ("other", "Other"),
                        ],
                        max_length=20,
                    ),
                ),
                ("comment", models.TextField(blank=True, max_length=5000)),
                ("currency", models.CharField(max_length=3)),
                ("amount_minor", models.BigIntegerField()),
                ("proposed_minor", models.BigIntegerField(null=True)),
                ("accepted_minor", models.BigIntegerField(default=0)),
                ("attempt", models.UUIDField(null=True)),
                ("opened_by", models.UUIDField(null=True)),
                ("opened_at", models.DateTimeField()),
                ("escalated_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("answer", models.TextField(blank=True, max_length=5000)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disputes",
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
                    "invoice",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disputes",
                        to="ledger.invoice",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                    models.Index(fields=["supplier", "state", "-amount_minor", "id"], name="dispute_worklist"),
                    models.Index(fields=["buyer", "state", "-opened_at"], name="dispute_buyer"),
                    models.Index(fields=["invoice", "state"], name="dispute_invoice"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("supplier", "number"), name="dispute_number"),
                    models.UniqueConstraint(fields=("buyer", "attempt"), name="one_dispute_per_attempt"),
                    models.CheckConstraint(condition=models.Q(("amount_minor__gt", 0)), name="dispute_amount_positive"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("accepted_minor__gte", 0), ("accepted_minor__lte", models.F("amount_minor"))
                        ),
                        name="dispute_accepted_within",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DisputeLine",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("quantity", eipp.kernel.record.DecimalText(max_length=40)),
                ("accepted_quantity", eipp.kernel.record.DecimalText(max_length=40, null=True)),
                (
                    "dispute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="workflows.dispute"
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="disputed", to="ledger.invoiceline"
                    ),
                ),
            ],
            options={
                "ordering": ("line__position",),
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("state", django_fsm.FSMField(max_length=20, protected=True)),
                ("state_since", models.DateTimeField()),
                ("number", models.CharField(max_length=20)),
                ("currency", models.CharField(max_length=3)),
                ("amount_minor", models.BigIntegerField()),
                ("gateway", models.CharField(max_length=30)),
                ("gateway_reference", models.CharField(blank=True, max_length=100)),
                ("checkout_url", models.URLField(blank=True, max_length=500)),
                ("failure", models.CharField(blank=True, max_length=40)),
                ("attempt", models.UUIDField()),
                ("entered_by", models.UUIDField(null=True)),
                ("submitted_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
                ("cancel_requested_at", models.DateTimeField(null=True)),
                ("callback_at", models.DateTimeField(null=True)),
                ("looked_at", models.DateTimeField(null=True)),
                (
                    "buyer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
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
                ("means", models.CharField(blank=True, max_length=60)),
                ("method", models.CharField(default="card", max_length=20)),
                ("reference", models.CharField(blank=True, max_length=35)),
                ("received_minor", models.BigIntegerField(null=True)),
                ("expires_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["buyer", "-submitted_at", "-id"], name="payment_buyer"),
                    models.Index(fields=["supplier", "-submitted_at", "-id"], name="payment_supplier"),
                    models.Index(fields=["state", "looked_at"], name="payment_janitor"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("buyer", "attempt"), name="one_payment_per_attempt"),
                    models.UniqueConstraint(fields=("supplier", "number"), name="payment_number"),
                    models.CheckConstraint(condition=models.Q(("amount_minor__gt", 0)), name="payment_amount_positive"),
                    models.UniqueConstraint(
                        condition=models.Q(("reference", ""), _negated=True),
                        fields=("supplier", "reference"),
                        name="payment_reference",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PaymentShare",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                ("amount_minor", models.BigIntegerField()),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="payment_shares", to="ledger.invoice"
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="shares", to="workflows.payment"
                    ),
                ),
            ],
            options={
                "indexes": [],
                "constraints": [
                    models.UniqueConstraint(fields=("payment", "invoice"), name="one_share_per_invoice"),
                    models.CheckConstraint(condition=models.Q(("amount_minor__gt", 0)), name="payment_share_positive"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Presentment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("state", django_fsm.FSMField(max_length=20, protected=True)),
                ("state_since", models.DateTimeField()),
                ("channel", models.CharField(max_length=10)),
                ("external_id", models.CharField(max_length=200)),
                ("version", models.PositiveIntegerField(default=1)),
                ("number", models.CharField(blank=True, max_length=100)),
                ("is_credit_note", models.BooleanField(default=False)),
                ("content_hash", models.CharField(max_length=64)),
                ("document", models.JSONField()),
                ("original_id", models.UUIDField(null=True)),
                ("faults", models.JSONField(default=list)),
                ("warnings", models.JSONField(default=list)),
                ("candidates", models.JSONField(default=list)),
                ("received_at", models.DateTimeField()),
                ("judged_at", models.DateTimeField(null=True)),
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
                    "credit_note",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="presentments",
                        to="ledger.creditnote",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="presentments",
                        to="ledger.invoice",
                    ),
                ),
                (
                    "legal_entity",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.legalentity",
                    ),
                ),
                (
                    "replaces",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="workflows.presentment",
                    ),
                ),
                (
                    "supplier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
                    ),
                ),
                (
                    "mends",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mended_by",
                        to="workflows.presentment",
                    ),
                ),
            ],
            options={
                "verbose_name": "document",
                "indexes": [
                    models.Index(fields=["supplier", "state", "-received_at"], name="presentment_state"),
                    models.Index(
                        condition=models.Q(("judged_at", None)), fields=["received_at"], name="presentment_unjudged"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("supplier", "external_id", "version"), name="presentment_version")
                ],
            },
        ),
        migrations.CreateModel(
            name="ApprovalRule",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                ("from_minor", models.BigIntegerField(default=0)),
                ("quorum", models.PositiveSmallIntegerField(default=1)),
                ("four_eyes", models.BooleanField(default=False)),
                ("active", models.BooleanField(default=True)),
                (
                    "buyer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="approval_rules",
                        to="accounts.organisation",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["buyer", "currency", "from_minor"], name="approval_rule_amount")],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="RemittanceAdvice",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.CharField(max_length=20)),
                ("notation", models.CharField(blank=True, max_length=20)),
                ("payer", models.CharField(blank=True, max_length=140)),
                ("payee", models.CharField(blank=True, max_length=140)),
                ("reference", models.CharField(blank=True, max_length=140)),
                ("paid_on", models.DateField(null=True)),
                ("currency", models.CharField(max_length=3)),
                ("amount_minor", models.BigIntegerField(null=True)),
                ("sum_minor", models.BigIntegerField(default=0)),
                ("line_count", models.IntegerField(default=0)),
                ("matched_count", models.IntegerField(default=0)),
                ("remarks", models.JSONField(default=list)),
                ("comment", models.TextField(blank=True, max_length=2000)),
                ("attempt", models.UUIDField(null=True)),
                ("sent_by", models.UUIDField(null=True)),
                ("sent_at", models.DateTimeField()),
                ("checked_at", models.DateTimeField(null=True)),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("pending", "Being checked"),
                            ("read", "Read"),
                            ("unread", "Not understood"),
                            ("refused", "Refused"),
                        ],
                        default="pending",
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=500)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="remittance_advices",
                        to="accounts.customeraccount",
                    ),
                ),
                (
                    "buyer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="documents.storedfile",
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
                    models.Index(fields=["supplier", "-sent_at", "-id"], name="remittance_supplier"),
                    models.Index(fields=["buyer", "-sent_at", "-id"], name="remittance_buyer"),
                    models.Index(fields=["account", "-sent_at"], name="remittance_account"),
                    models.Index(
                        condition=models.Q(("checked_at", None)), fields=["sent_at"], name="remittance_pending"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("supplier", "number"), name="remittance_number"),
                    models.UniqueConstraint(fields=("buyer", "attempt"), name="one_remittance_per_attempt"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("checked_at", None), ("verdict", "pending")),
                            models.Q(models.Q(("verdict", "pending"), _negated=True), ("checked_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="remittance_verdict_has_its_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RemittanceLine",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("position", models.IntegerField()),
                ("where", models.CharField(max_length=40)),
                ("document_number", models.CharField(blank=True, max_length=100)),
                ("currency", models.CharField(max_length=3)),
                ("amount_minor", models.BigIntegerField(null=True)),
                ("gross_minor", models.BigIntegerField(null=True)),
                ("discount_minor", models.BigIntegerField(default=0)),
                ("deduction_minor", models.BigIntegerField(default=0)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("fault", models.CharField(blank=True, max_length=300)),
                (
                    "advice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="workflows.remittanceadvice",
                    ),
                ),
                (
                    "credit_note",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="remittance_lines",
                        to="ledger.creditnote",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="remittance_lines",
                        to="ledger.invoice",
                    ),
                ),
            ],
            options={
                "ordering": ("position",),
                "indexes": [],
                "constraints": [
                    models.UniqueConstraint(fields=("advice", "position"), name="remittance_line_position"),
                    models.CheckConstraint(
                        condition=models.Q(("invoice", None), ("credit_note", None), _connector="OR"),
                        name="remittance_line_one_document",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BankStatement",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("notation", models.CharField(max_length=30)),
                ("number", models.CharField(blank=True, max_length=60)),
                ("sequence", models.BigIntegerField(null=True)),
                ("stated_account", models.CharField(blank=True, max_length=60)),
                ("bank_account", models.CharField(blank=True, max_length=60)),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("starts_on", models.DateField(null=True)),
                ("ends_on", models.DateField(null=True)),
                ("opening_minor", models.BigIntegerField(null=True)),
                ("closing_minor", models.BigIntegerField(null=True)),
                ("came_minor", models.BigIntegerField(default=0)),
                ("went_minor", models.BigIntegerField(default=0)),
                ("entry_count", models.IntegerField(default=0)),
                ("original_id", models.UUIDField()),
                ("content_hash", models.CharField(max_length=64)),
                ("faults", models.JSONField(default=list)),
                ("received_at", models.DateTimeField()),
                ("received_by", models.UUIDField(null=True)),
                ("accepted_at", models.DateTimeField(null=True)),
                ("accepted_by", models.UUIDField(null=True)),
                ("accept_reason", models.TextField(blank=True)),
                ("set_aside_at", models.DateTimeField(null=True)),
                ("set_aside_reason", models.TextField(blank=True)),
                ("applied_at", models.DateTimeField(null=True)),
                (
                    "legal_entity",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.legalentity",
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
                    models.Index(fields=["supplier", "-received_at", "-id"], name="bank_statement_received"),
                    models.Index(fields=["supplier", "bank_account", "ends_on"], name="bank_statement_account"),
                    models.Index(
                        condition=models.Q(("applied_at", None), ("set_aside_at", None)),
                        fields=["received_at"],
                        name="bank_statement_to_apply",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("supplier", "content_hash"), name="bank_statement_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="BankEntry",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("position", models.IntegerField()),
                ("booked_on", models.DateField()),
                ("value_on", models.DateField()),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("is_reversal", models.BooleanField(default=False)),
                ("return_reason", models.CharField(blank=True, max_length=40)),
                ("entry_id", models.CharField(blank=True, max_length=100)),
                ("entry_minor", models.BigIntegerField()),
                ("bank_id", models.CharField(blank=True, max_length=100)),
                ("end_to_end", models.CharField(blank=True, max_length=100)),
                ("references", models.JSONField(default=list)),
                ("text", models.TextField(blank=True)),
                ("counterparty", models.CharField(blank=True, max_length=200)),
                ("counterparty_account", models.CharField(blank=True, max_length=60)),
                ("looked_at", models.DateTimeField(null=True)),
                ("outcome", models.CharField(blank=True, max_length=10)),
                ("because", models.JSONField(default=dict)),
                ("payment_id", models.UUIDField(db_index=True, null=True)),
                ("note", models.TextField(blank=True)),
                ("reopened", models.PositiveSmallIntegerField(default=0)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.UUIDField(null=True)),
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
                    "known_as",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="workflows.bankentry",
                    ),
                ),
                (
                    "receipt",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bank_entries",
                        to="ledger.cashreceipt",
                    ),
                ),
                (
                    "supplier",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="workflows.bankstatement",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "bank entries",
                "indexes": [
                    models.Index(
                        condition=models.Q(("outcome__in", ("waiting", "return"))),
                        fields=["supplier", "-booked_on", "-id"],
                        name="bank_entry_waiting",
                    ),
                    models.Index(
                        condition=models.Q(("entry_id", ""), _negated=True),
                        fields=["supplier", "entry_id"],
                        name="bank_entry_bank_id",
                    ),
                    models.Index(
                        condition=models.Q(("counterparty_account", ""), _negated=True),
                        fields=["supplier", "counterparty_account"],
                        name="bank_entry_payer",
                    ),
                    models.Index(
                        condition=models.Q(("end_to_end", ""), _negated=True),
                        fields=["supplier", "end_to_end"],
                        name="bank_entry_end_to_end",
                    ),
                ],
                "constraints": [models.UniqueConstraint(fields=("statement", "position"), name="bank_entry_position")],
            },
        ),
        migrations.CreateModel(
            name="LeftOnAccount",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("note", models.TextField(blank=True)),
                ("left_by", models.UUIDField(null=True)),
                ("left_at", models.DateTimeField()),
                (
                    "receipt",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="left_on_account",
                        to="ledger.cashreceipt",
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
                "abstract": False,
                "indexes": [],
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="Claim",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.CharField(max_length=20)),
                ("comment", models.TextField(blank=True, max_length=5000)),
                ("currency", models.CharField(max_length=3)),
                ("amount_minor", models.BigIntegerField()),
                ("dispute_count", models.IntegerField()),
                ("attempt", models.UUIDField(null=True)),
                ("filed_by", models.UUIDField(null=True)),
                ("filed_at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claims",
                        to="accounts.customeraccount",
                    ),
                ),
                (
                    "buyer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="documents.storedfile",
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
                    models.Index(fields=["supplier", "-filed_at", "-id"], name="claim_supplier"),
                    models.Index(fields=["buyer", "-filed_at", "-id"], name="claim_buyer"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("supplier", "number"), name="claim_number"),
                    models.UniqueConstraint(fields=("buyer", "attempt"), name="one_claim_per_attempt"),
                    models.CheckConstraint(condition=models.Q(("amount_minor__gt", 0)), name="claim_amount_positive"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ClaimLine",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("position", models.IntegerField()),
                ("row", models.IntegerField()),
                ("document_number", models.CharField(blank=True, max_length=100)),
                ("line_number", models.CharField(blank=True, max_length=100)),
                ("quantity", eipp.kernel.record.DecimalText(max_length=40, null=True)),
                ("currency", models.CharField(max_length=3)),
                ("amount_minor", models.BigIntegerField()),
                ("reason", models.CharField(max_length=20)),
                ("comment", models.TextField(blank=True, max_length=1000)),
                (
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="workflows.claim"
                    ),
                ),
                (
                    "dispute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="claim_lines", to="workflows.dispute"
                    ),
                ),
            ],
            options={
                "ordering": ("position",),
                "indexes": [],
                "constraints": [models.UniqueConstraint(fields=("claim", "position"), name="claim_line_position")],
            },
        ),
        migrations.CreateModel(
            name="Booking",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("event_id", models.BigIntegerField(unique=True)),
                ("account_id", models.UUIDField(null=True)),
                ("number", models.CharField(blank=True, max_length=100)),
                ("reason", models.CharField(blank=True, max_length=1000)),
                ("booked_at", models.DateTimeField(null=True)),
                ("refused_at", models.DateTimeField(null=True)),
                (
                    "supplier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("booked_at__isnull", False), ("refused_at", None)),
                            models.Q(("booked_at", None), ("refused_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="booking_booked_or_refused",
                    )
                ],
                "indexes": [],
            },
        ),
        guard("workflows_approvaldecision"),
    ]
