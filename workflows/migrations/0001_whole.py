"""All of this app's tables as they are now, for a new database; an older one takes the steps that this replaces."""

import django.db.models.deletion
import django_fsm
from django.conf import settings
from django.db import migrations, models

import eipp.kernel.append_only
import eipp.kernel.record
import eipp.kernel.together


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
        ("workflows", "0009_authority"),
        ("workflows", "0010_saved_method"),
        ("workflows", "0011_refund"),
        ("workflows", "0012_credit_request"),
        ("workflows", "0013_expected_money"),
        ("workflows", "0014_chargeback"),
        ("workflows", "0015_method_price"),
        ("workflows", "0016_autopay"),
        ("workflows", "0017_settlement"),
        ("workflows", "0018_plan"),
        ("workflows", "0019_long_addresses"),
        ("workflows", "0020_bank_details"),
        ("workflows", "0021_deduction"),
        ("workflows", "0022_offer"),
        ("workflows", "0023_refund_payout"),
        ("workflows", "0024_plan_charging"),
        ("workflows", "0025_method_end"),
        ("workflows", "0026_settlement_payout"),
        ("workflows", "0027_dispute_rule"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0007_payee"),
        ("documents", "0002_small_content"),
        ("ledger", "0014_instalment"),
    ]

    operations = [
        eipp.kernel.together.Together(
            models=[
                migrations.CreateModel(
                    name="AnnouncedPayment",
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
                        ("reference", models.CharField(max_length=35)),
                        ("bank_run", models.UUIDField()),
                        ("currency", models.CharField(max_length=3)),
                        ("amount_minor", models.BigIntegerField()),
                        ("came_minor", models.BigIntegerField(default=0)),
                        ("pays_on", models.DateField()),
                        ("expires_on", models.DateField()),
                        ("comment", models.CharField(blank=True, max_length=500)),
                        ("attempt", models.UUIDField(null=True)),
                        ("announced_by", models.UUIDField(null=True)),
                        ("announced_at", models.DateTimeField()),
                        (
                            "buyer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["buyer", "-announced_at", "-id"], name="announced_buyer"),
                            models.Index(fields=["supplier", "-announced_at", "-id"], name="announced_supplier"),
                            models.Index(fields=["bank_run"], name="announced_bank_run"),
                            models.Index(
                                condition=models.Q(("state", "announced")), fields=["expires_on"], name="announced_live"
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("supplier", "number"), name="announced_payment_number"),
                            models.UniqueConstraint(
                                fields=("supplier", "reference"), name="announced_payment_reference"
                            ),
                            models.UniqueConstraint(
                                fields=("buyer", "attempt", "legal_entity", "currency"),
                                name="one_announced_payment_per_attempt",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount_minor__gt", 0)), name="announced_payment_positive"
                            ),
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
                        "indexes": [
                            models.Index(fields=["buyer", "currency", "from_minor"], name="approval_rule_amount")
                        ],
                        "constraints": [],
                    },
                ),
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
                            ),
                        ),
                        (
                            "invoice",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="approval_runs",
                                to="ledger.invoice",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "approval",
                        "indexes": [
                            models.Index(fields=["buyer", "state", "-requested_at"], name="approval_run_waiting")
                        ],
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
                                    ("discount", "Early-payment discount"),
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
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
                                        ("second_minor", None),
                                        ("second_minor__gte", models.F("alone_minor")),
                                        _connector="OR",
                                    ),
                                ),
                                name="authority_limit_not_negative",
                            ),
                        ],
                        "indexes": [],
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
                                    ("discount", "Early-payment discount"),
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
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
                migrations.CreateModel(
                    name="BankDetails",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("state", django_fsm.FSMField(max_length=20, protected=True)),
                        ("state_since", models.DateTimeField()),
                        ("holder", models.CharField(max_length=140)),
                        ("account", models.CharField(max_length=34)),
                        ("bic", models.CharField(blank=True, max_length=11)),
                        ("currency", models.CharField(max_length=3)),
                        ("replaces", models.CharField(blank=True, max_length=34)),
                        ("proposed_by", models.UUIDField()),
                        ("proposed_at", models.DateTimeField()),
                        ("confirmed_by", models.UUIDField(null=True)),
                        ("effective_at", models.DateTimeField(null=True)),
                        ("ended_at", models.DateTimeField(null=True)),
                        ("reason", models.CharField(blank=True, max_length=500)),
                        ("notified", models.JSONField(default=list)),
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
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "change of bank details",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "confirmed")),
                                fields=["effective_at"],
                                name="bank_details_due",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("buyer__isnull", False), ("legal_entity", None), ("supplier", None)),
                                    models.Q(
                                        ("buyer", None), ("legal_entity__isnull", False), ("supplier__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="bank_details_of_one_side",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ("proposed", "confirmed"))),
                                fields=("legal_entity", "account", "currency"),
                                name="one_change_at_a_time",
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
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
                            models.CheckConstraint(
                                condition=models.Q(("amount_minor__gt", 0)), name="claim_amount_positive"
                            ),
                        ],
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
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
                            models.CheckConstraint(
                                condition=models.Q(("amount_minor__gt", 0)), name="dispute_amount_positive"
                            ),
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
                    name="DisputeRule",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
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
                        ("late_fees_wait", models.BooleanField()),
                        ("discount_waits", models.BooleanField()),
                        ("set_at", models.DateTimeField()),
                        ("ended_at", models.DateTimeField(null=True)),
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
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at", None)),
                                fields=("supplier", "reason"),
                                name="one_dispute_rule_per_reason",
                            )
                        ],
                        "indexes": [],
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
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
                    name="MethodPrice",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("method", models.CharField(max_length=20)),
                        ("percent", eipp.kernel.record.DecimalText(max_length=40)),
                        ("credit_only", models.BooleanField(default=False)),
                        ("set_at", models.DateTimeField()),
                        ("ended_at", models.DateTimeField(null=True)),
                        (
                            "legal_entity",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="method_prices",
                                to="accounts.legalentity",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at", None)),
                                fields=("legal_entity", "method"),
                                name="one_price_per_method",
                            )
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Offer",
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
                        ("least_minor", models.BigIntegerField(default=0)),
                        ("weight", models.DecimalField(decimal_places=0, default=0, max_digits=30)),
                        ("won_minor", models.BigIntegerField(default=0)),
                        ("turn", models.CharField(max_length=10)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("until", models.DateField()),
                        ("expires_on", models.DateField()),
                        ("proposed_side", models.CharField(max_length=10)),
                        ("proposed_at", models.DateTimeField(null=True)),
                        ("made_at", models.DateTimeField()),
                        ("asked_by", models.UUIDField(null=True)),
                        ("accepted_at", models.DateTimeField(null=True)),
                        ("accepted_by", models.UUIDField(null=True)),
                        ("by_itself", models.BooleanField(default=False)),
                        ("attempt", models.UUIDField(null=True)),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.customeraccount",
                            ),
                        ),
                        (
                            "buyer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["buyer", "-made_at", "-id"], name="offer_buyer"),
                            models.Index(fields=["supplier", "-made_at", "-id"], name="offer_supplier"),
                            models.Index(
                                condition=models.Q(("state__in", ("drafted", "proposed", "countered", "approving"))),
                                fields=["expires_on"],
                                name="offer_waiting",
                            ),
                            models.Index(
                                condition=models.Q(("state", "accepted")), fields=["until"], name="offer_accepted"
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("supplier", "number"), name="offer_number"),
                            models.UniqueConstraint(
                                fields=("supplier", "buyer", "attempt"), name="one_offer_per_attempt"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount_minor__gt", 0)), name="offer_amount_positive"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OfferSetting",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("currency", models.CharField(max_length=3)),
                        ("yearly", eipp.kernel.record.DecimalText(max_length=40)),
                        ("least_days", models.PositiveSmallIntegerField(default=1)),
                        ("largest_minor", models.BigIntegerField(null=True)),
                        ("chosen", models.JSONField(default=list)),
                        ("active", models.BooleanField(default=True)),
                        ("set_by", models.UUIDField(null=True)),
                        ("set_at", models.DateTimeField()),
                        (
                            "legal_entity",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.legalentity"
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
                        "indexes": [],
                        "constraints": [
                            models.UniqueConstraint(fields=("legal_entity", "currency"), name="one_offer_setting"),
                            models.CheckConstraint(
                                condition=models.Q(("largest_minor", None), ("largest_minor__gt", 0), _connector="OR"),
                                name="offer_setting_sum",
                            ),
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
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
                        ("credit_request_id", models.UUIDField(null=True)),
                    ],
                    options={
                        "verbose_name": "document",
                        "indexes": [
                            models.Index(fields=["supplier", "state", "-received_at"], name="presentment_state"),
                            models.Index(
                                condition=models.Q(("judged_at", None)),
                                fields=["received_at"],
                                name="presentment_unjudged",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("supplier", "external_id", "version"), name="presentment_version"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Promise",
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
                        ("came_minor", models.BigIntegerField(default=0)),
                        ("promised_on", models.DateField()),
                        ("reference", models.CharField(blank=True, max_length=140)),
                        ("comment", models.CharField(blank=True, max_length=500)),
                        ("noted", models.BooleanField(default=False)),
                        ("attempt", models.UUIDField(null=True)),
                        ("made_by", models.UUIDField(null=True)),
                        ("made_at", models.DateTimeField()),
                        (
                            "buyer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["buyer", "-made_at", "-id"], name="promise_buyer"),
                            models.Index(fields=["supplier", "-made_at", "-id"], name="promise_supplier"),
                            models.Index(
                                condition=models.Q(("state", "promised")), fields=["promised_on"], name="promise_live"
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("supplier", "number"), name="promise_number"),
                            models.UniqueConstraint(
                                fields=("supplier", "buyer", "attempt"), name="one_promise_per_attempt"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount_minor__gt", 0)), name="promise_amount_positive"
                            ),
                        ],
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
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
                                    models.Q(
                                        models.Q(("verdict", "pending"), _negated=True), ("checked_at__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="remittance_verdict_has_its_time",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReturnAlarm",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("kind", models.CharField(max_length=20)),
                        ("passed_at", models.DateTimeField()),
                        ("ended_at", models.DateTimeField(null=True)),
                        (
                            "legal_entity",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.legalentity"
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
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at", None)),
                                fields=("legal_entity", "kind"),
                                name="one_return_alarm_at_a_time",
                            )
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="SavedMethod",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("gateway", models.CharField(max_length=30)),
                        ("kind", models.CharField(max_length=20)),
                        ("locked_token", models.TextField(blank=True)),
                        ("label", models.CharField(blank=True, max_length=60)),
                        ("last_digits", models.CharField(blank=True, max_length=4)),
                        ("expires_on", models.DateField(null=True)),
                        ("name", models.CharField(blank=True, max_length=60)),
                        ("for_everyone", models.BooleanField(default=True)),
                        ("is_default", models.BooleanField(default=False)),
                        ("attempt", models.UUIDField()),
                        ("added_by", models.UUIDField(null=True)),
                        ("setup_url", models.URLField(blank=True, max_length=2000)),
                        ("requested_at", models.DateTimeField()),
                        ("verifying_at", models.DateTimeField(null=True)),
                        ("saved_at", models.DateTimeField(null=True)),
                        ("verified_at", models.DateTimeField(null=True)),
                        ("failed_at", models.DateTimeField(null=True)),
                        ("failure", models.CharField(blank=True, max_length=40)),
                        ("stopped_at", models.DateTimeField(null=True)),
                        ("stop_reason", models.CharField(blank=True, max_length=40)),
                        ("removed_at", models.DateTimeField(null=True)),
                        ("forgotten_at", models.DateTimeField(null=True)),
                        ("looked_at", models.DateTimeField(null=True)),
                        ("callback_at", models.DateTimeField(null=True)),
                        (
                            "buyer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="saved_methods",
                                to="accounts.organisation",
                            ),
                        ),
                        (
                            "legal_entity",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.legalentity"
                            ),
                        ),
                        ("people", models.ManyToManyField(related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("end_told", models.CharField(blank=True, max_length=10)),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["buyer", "legal_entity", "-requested_at"], name="saved_method_buyer")
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("buyer", "attempt"), name="one_saved_method_per_attempt"),
                            models.UniqueConstraint(
                                condition=models.Q(("is_default", True), ("removed_at", None)),
                                fields=("buyer", "legal_entity"),
                                name="one_default_method_per_payee",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("saved_at", None),
                                    ("removed_at__isnull", False),
                                    models.Q(("locked_token", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="saved_method_has_its_token",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SettlementDay",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("gateway", models.CharField(max_length=30)),
                        ("day", models.DateField()),
                        ("asked_at", models.DateTimeField()),
                        ("listed_at", models.DateTimeField(null=True)),
                        ("lines", models.PositiveIntegerField(default=0)),
                        ("trouble", models.CharField(blank=True, max_length=200)),
                        (
                            "legal_entity",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.legalentity"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("legal_entity", "gateway", "day"), name="settlement_day_once"
                            )
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="SettlementLine",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("gateway", models.CharField(max_length=30)),
                        ("method", models.CharField(blank=True, max_length=20)),
                        ("payment_id", models.UUIDField(null=True)),
                        ("reference", models.UUIDField()),
                        ("kind", models.CharField(max_length=12)),
                        ("amount_minor", models.BigIntegerField()),
                        ("currency", models.CharField(max_length=3)),
                        ("on", models.DateField()),
                        ("gateway_reference", models.CharField(max_length=100)),
                        ("place", models.PositiveIntegerField(default=0)),
                        ("listed_at", models.DateTimeField()),
                        (
                            "legal_entity",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.legalentity",
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
                        ("fee_minor", models.BigIntegerField(default=0)),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["supplier", "on"], name="settlement_line_day"),
                            models.Index(fields=["payment_id"], name="settlement_line_payment"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=(
                                    "legal_entity",
                                    "gateway",
                                    "on",
                                    "reference",
                                    "kind",
                                    "gateway_reference",
                                    "amount_minor",
                                    "currency",
                                    "place",
                                ),
                                name="settlement_line_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Verification",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("started_at", models.DateTimeField(db_index=True)),
                        ("ended_at", models.DateTimeField()),
                        ("found", models.PositiveIntegerField()),
                    ],
                    options={
                        "abstract": False,
                        "indexes": [],
                        "constraints": [],
                    },
                ),
                migrations.CreateModel(
                    name="AnnouncedShare",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("currency", models.CharField(max_length=3)),
                        ("amount_minor", models.BigIntegerField()),
                        ("paid_before_minor", models.BigIntegerField()),
                        (
                            "announced",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="shares",
                                to="workflows.announcedpayment",
                            ),
                        ),
                        (
                            "invoice",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="announced_shares",
                                to="ledger.invoice",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("announced", "invoice"), name="one_announced_share_per_invoice"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount_minor__gt", 0)), name="announced_share_positive"
                            ),
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
                        "constraints": [
                            models.UniqueConstraint(fields=("run", "decided_by"), name="one_decision_per_person")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Autopay",
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
                        (
                            "timing",
                            models.CharField(
                                choices=[
                                    ("due", "On the due date"),
                                    ("before", "Days before the due date"),
                                    ("monthly", "On a day of the month"),
                                    ("discount", "In time for an early-payment discount, else on the due date"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("days", models.PositiveSmallIntegerField(default=0)),
                        ("cap_minor", models.BigIntegerField(null=True)),
                        ("month_cap_minor", models.BigIntegerField(null=True)),
                        ("invoice_cap_minor", models.BigIntegerField(null=True)),
                        ("only_approved", models.BooleanField(default=False)),
                        ("notice_days", models.PositiveSmallIntegerField(default=3)),
                        ("looked_on", models.DateField(null=True)),
                        ("stop_reason", models.CharField(blank=True, max_length=40)),
                        ("attempt", models.UUIDField(null=True)),
                        ("set_by", models.UUIDField(null=True)),
                        ("set_at", models.DateTimeField()),
                        ("started_at", models.DateTimeField()),
                        (
                            "account",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="autopays",
                                to="accounts.customeraccount",
                            ),
                        ),
                        (
                            "buyer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
                            ),
                        ),
                        (
                            "legal_entity",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.legalentity"
                            ),
                        ),
                        (
                            "saved_method",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="autopays",
                                to="workflows.savedmethod",
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
                                condition=models.Q(("state", "active")),
                                fields=["looked_on", "id"],
                                name="autopay_to_run",
                            ),
                            models.Index(fields=["supplier", "-set_at"], name="autopay_supplier"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("supplier", "number"), name="autopay_number"),
                            models.UniqueConstraint(fields=("buyer", "attempt"), name="one_autopay_per_attempt"),
                            models.UniqueConstraint(
                                condition=models.Q(("state", "ended"), _negated=True),
                                fields=("buyer", "legal_entity", "currency", "account"),
                                name="one_autopay_per_account",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(models.Q(("state", "ended"), _negated=True), ("account", None)),
                                fields=("buyer", "legal_entity", "currency"),
                                name="one_autopay_per_payee",
                            ),
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
                        "constraints": [
                            models.UniqueConstraint(fields=("statement", "position"), name="bank_entry_position")
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="claim_lines",
                                to="workflows.dispute",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("position",),
                        "indexes": [],
                        "constraints": [
                            models.UniqueConstraint(fields=("claim", "position"), name="claim_line_position")
                        ],
                    },
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
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
                                condition=models.Q(("state", "open")),
                                fields=("dispute",),
                                name="credit_request_of_dispute",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Deduction",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("said", models.CharField(blank=True, max_length=200)),
                        (
                            "dispute",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="deduction",
                                to="workflows.dispute",
                            ),
                        ),
                        (
                            "receipt",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="deductions",
                                to="ledger.cashreceipt",
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lines",
                                to="workflows.dispute",
                            ),
                        ),
                        (
                            "line",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="disputed",
                                to="ledger.invoiceline",
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
                    name="OfferDecision",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("version", models.PositiveIntegerField()),
                        ("decided_by", models.UUIDField()),
                        ("decided_at", models.DateTimeField()),
                        (
                            "offer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="decisions",
                                to="workflows.offer",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("offer", "version", "decided_by"), name="one_offer_decision_per_person"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OfferShare",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("currency", models.CharField(max_length=3)),
                        ("amount_minor", models.BigIntegerField()),
                        ("due_on", models.DateField()),
                        ("granted_before_minor", models.BigIntegerField(default=0)),
                        ("won_minor", models.BigIntegerField(default=0)),
                        ("left_out", models.BooleanField(default=False)),
                        (
                            "invoice",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="offer_shares",
                                to="ledger.invoice",
                            ),
                        ),
                        (
                            "offer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="shares", to="workflows.offer"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [],
                        "constraints": [
                            models.UniqueConstraint(fields=("offer", "invoice"), name="one_offer_share_per_invoice"),
                            models.CheckConstraint(
                                condition=models.Q(("amount_minor__gt", 0)), name="offer_share_positive"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OfferTerms",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("version", models.PositiveIntegerField()),
                        ("side", models.CharField(max_length=10)),
                        ("scale_fact", models.JSONField()),
                        ("expires_on", models.DateField()),
                        ("comment", models.CharField(blank=True, max_length=1000)),
                        ("put_by", models.UUIDField(null=True)),
                        ("put_at", models.DateTimeField()),
                        (
                            "offer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="terms", to="workflows.offer"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [],
                        "constraints": [models.UniqueConstraint(fields=("offer", "version"), name="offer_terms_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Plan",
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
                        ("came_minor", models.BigIntegerField(default=0)),
                        ("comment", models.CharField(blank=True, max_length=1000)),
                        ("grace_days", models.PositiveSmallIntegerField(default=3)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("proposed_side", models.CharField(max_length=10)),
                        ("proposed_by", models.UUIDField(null=True)),
                        ("proposed_at", models.DateTimeField(null=True)),
                        ("made_at", models.DateTimeField()),
                        ("change_side", models.CharField(blank=True, max_length=10)),
                        ("agreed_by", models.UUIDField(null=True)),
                        ("agreed_at", models.DateTimeField(null=True)),
                        ("attempt", models.UUIDField(null=True)),
                        (
                            "buyer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
                            ),
                        ),
                        ("charged_by", models.UUIDField(null=True)),
                        (
                            "saved_method",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="workflows.savedmethod",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["buyer", "-made_at", "-id"], name="plan_buyer"),
                            models.Index(fields=["supplier", "-made_at", "-id"], name="plan_supplier"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("supplier", "number"), name="plan_number"),
                            models.UniqueConstraint(
                                fields=("supplier", "buyer", "attempt"), name="one_plan_per_attempt"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount_minor__gt", 0)), name="plan_amount_positive"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PromiseShare",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("currency", models.CharField(max_length=3)),
                        ("amount_minor", models.BigIntegerField()),
                        ("paid_before_minor", models.BigIntegerField()),
                        (
                            "invoice",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="promise_shares",
                                to="ledger.invoice",
                            ),
                        ),
                        (
                            "promise",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="shares",
                                to="workflows.promise",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("promise", "invoice"), name="one_promise_share_per_invoice"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount_minor__gt", 0)), name="promise_share_positive"
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
                    name="VerificationFinding",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("text", models.TextField()),
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
                            "verification",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="findings",
                                to="workflows.verification",
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
                        ("checkout_url", models.URLField(blank=True, max_length=2000)),
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
                            ),
                        ),
                        ("means", models.CharField(blank=True, max_length=60)),
                        ("method", models.CharField(default="card", max_length=20)),
                        ("reference", models.CharField(blank=True, max_length=35)),
                        ("received_minor", models.BigIntegerField(null=True)),
                        ("expires_at", models.DateTimeField(null=True)),
                        ("planned_for", models.DateField(null=True)),
                        ("surcharge_minor", models.BigIntegerField(default=0)),
                        (
                            "saved_method",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="payments",
                                to="workflows.savedmethod",
                            ),
                        ),
                        ("charged_back_minor", models.BigIntegerField(null=True)),
                        (
                            "autopay",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="payments",
                                to="workflows.autopay",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["buyer", "-submitted_at", "-id"], name="payment_buyer"),
                            models.Index(fields=["supplier", "-submitted_at", "-id"], name="payment_supplier"),
                            models.Index(fields=["state", "looked_at"], name="payment_janitor"),
                            models.Index(
                                condition=models.Q(("state", "planned")),
                                fields=["planned_for", "id"],
                                name="payment_planned",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("buyer", "attempt"), name="one_payment_per_attempt"),
                            models.UniqueConstraint(fields=("supplier", "number"), name="payment_number"),
                            models.CheckConstraint(
                                condition=models.Q(("amount_minor__gt", 0)), name="payment_amount_positive"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("reference", ""), _negated=True),
                                fields=("supplier", "reference"),
                                name="payment_reference",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("surcharge_minor__gte", 0), ("surcharge_minor__lt", models.F("amount_minor"))
                                ),
                                name="payment_surcharge_within",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PlanShare",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("currency", models.CharField(max_length=3)),
                        ("amount_minor", models.BigIntegerField()),
                        ("paid_before_minor", models.BigIntegerField()),
                        (
                            "invoice",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="plan_shares",
                                to="ledger.invoice",
                            ),
                        ),
                        (
                            "plan",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="shares", to="workflows.plan"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [],
                        "constraints": [
                            models.UniqueConstraint(fields=("plan", "invoice"), name="one_plan_share_per_invoice"),
                            models.CheckConstraint(
                                condition=models.Q(("amount_minor__gt", 0)), name="plan_share_positive"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SettlementPayout",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("gateway", models.CharField(max_length=30)),
                        ("reference", models.CharField(max_length=100)),
                        ("currency", models.CharField(max_length=3)),
                        ("amount_minor", models.BigIntegerField()),
                        ("on", models.DateField()),
                        ("listed_at", models.DateTimeField()),
                        (
                            "entry",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="payout",
                                to="workflows.bankentry",
                            ),
                        ),
                        (
                            "legal_entity",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.legalentity",
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
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["supplier", "on"], name="settlement_payout_day"),
                            models.Index(
                                condition=models.Q(("entry", None)), fields=["on"], name="settlement_payout_open"
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("legal_entity", "gateway", "reference", "amount_minor"),
                                name="settlement_payout_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Chargeback",
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
                        ("fee_minor", models.BigIntegerField(default=0)),
                        ("failure", models.CharField(blank=True, max_length=40)),
                        ("opened_at", models.DateTimeField()),
                        ("answer_by", models.DateTimeField(null=True)),
                        ("evidence", models.TextField(blank=True, max_length=20000)),
                        ("answered_by", models.UUIDField(null=True)),
                        ("answered_at", models.DateTimeField(null=True)),
                        ("looked_at", models.DateTimeField(null=True)),
                        ("closed_at", models.DateTimeField(null=True)),
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
                            "buyer",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
                            ),
                        ),
                        (
                            "payment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="chargebacks",
                                to="workflows.payment",
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
                        "verbose_name": "charge-back",
                        "indexes": [
                            models.Index(fields=["supplier", "state", "answer_by"], name="chargeback_worklist")
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("supplier", "number"), name="chargeback_number"),
                            models.UniqueConstraint(
                                condition=models.Q(("closed_at", None)), fields=("payment",), name="one_live_chargeback"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount_minor__gt", 0), ("fee_minor__gte", 0)),
                                name="chargeback_amounts",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PaymentOnAccount",
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
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.customeraccount",
                            ),
                        ),
                        (
                            "payment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="on_account",
                                to="workflows.payment",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [],
                        "constraints": [
                            models.UniqueConstraint(fields=("payment", "account"), name="once_on_account_per_payment"),
                            models.CheckConstraint(
                                condition=models.Q(("amount_minor__gt", 0)), name="payment_on_account_positive"
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="payment_shares",
                                to="ledger.invoice",
                            ),
                        ),
                        (
                            "payment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="shares",
                                to="workflows.payment",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [],
                        "constraints": [
                            models.UniqueConstraint(fields=("payment", "invoice"), name="one_share_per_invoice"),
                            models.CheckConstraint(
                                condition=models.Q(("amount_minor__gt", 0)), name="payment_share_positive"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PlanInstalment",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("version", models.PositiveIntegerField()),
                        ("position", models.PositiveIntegerField()),
                        ("due_on", models.DateField()),
                        ("currency", models.CharField(max_length=3)),
                        ("amount_minor", models.BigIntegerField()),
                        (
                            "plan",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="instalments",
                                to="workflows.plan",
                            ),
                        ),
                        (
                            "payment",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="instalments",
                                to="workflows.payment",
                            ),
                        ),
                        ("tried_with", models.UUIDField(null=True)),
                    ],
                    options={
                        "indexes": [],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("plan", "version", "position"), name="plan_instalment_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount_minor__gt", 0)), name="plan_instalment_positive"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Refund",
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
                        ("gateway", models.CharField(blank=True, max_length=30)),
                        ("reason", models.CharField(max_length=1000)),
                        ("failure", models.CharField(blank=True, max_length=40)),
                        ("attempt", models.UUIDField(null=True)),
                        ("asked_by", models.UUIDField(null=True)),
                        ("asked_at", models.DateTimeField()),
                        ("submitted_at", models.DateTimeField(null=True)),
                        ("succeeded_at", models.DateTimeField(null=True)),
                        ("callback_at", models.DateTimeField(null=True)),
                        ("looked_at", models.DateTimeField(null=True)),
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
                            "buyer",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
                            ),
                        ),
                        (
                            "legal_entity",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.legalentity"
                            ),
                        ),
                        (
                            "payment",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="refunds",
                                to="workflows.payment",
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
                        ("bank_run", models.UUIDField(null=True)),
                        (
                            "paid_to",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="workflows.bankdetails",
                            ),
                        ),
                        ("sent_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["supplier", "-asked_at", "-id"], name="refund_supplier"),
                            models.Index(fields=["buyer", "-asked_at", "-id"], name="refund_buyer"),
                            models.Index(fields=["state", "looked_at"], name="refund_janitor"),
                            models.Index(
                                condition=models.Q(("bank_run__isnull", False)),
                                fields=["bank_run"],
                                name="refund_bank_run",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("supplier", "number"), name="refund_number"),
                            models.UniqueConstraint(fields=("supplier", "attempt"), name="one_refund_per_attempt"),
                            models.CheckConstraint(
                                condition=models.Q(("amount_minor__gt", 0)), name="refund_amount_positive"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReturnDone",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("note", models.CharField(max_length=1000)),
                        ("done_by", models.UUIDField(null=True)),
                        ("done_at", models.DateTimeField()),
                        (
                            "payment",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="return_done",
                                to="workflows.payment",
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
                        "abstract": False,
                        "indexes": [],
                        "constraints": [],
                    },
                ),
                migrations.CreateModel(
                    name="RefundPart",
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
                            "credit_note",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="refund_parts",
                                to="ledger.creditnote",
                            ),
                        ),
                        (
                            "invoice",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="refund_parts",
                                to="ledger.invoice",
                            ),
                        ),
                        (
                            "receipt",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="refund_parts",
                                to="ledger.cashreceipt",
                            ),
                        ),
                        (
                            "refund",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="parts", to="workflows.refund"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount_minor__gt", 0)), name="refund_part_positive"
                            )
                        ],
                    },
                ),
            ],
        ),
        eipp.kernel.append_only.Guard(
            table="workflows_approvaldecision",
        ),
        eipp.kernel.append_only.Guard(
            table="workflows_settlementline",
        ),
        eipp.kernel.append_only.Guard(
            table="workflows_offerterms",
        ),
        eipp.kernel.append_only.Guard(
            table="workflows_offerdecision",
        ),
    ]
