"""All of this app's tables as they are now, for a new database; an older one takes the steps that this replaces."""

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

import eipp.kernel.append_only
import eipp.kernel.record
import eipp.kernel.together
import eipp.ledger.search_index


class Migration(migrations.Migration):
    replaces = [
        ("ledger", "0001_initial"),
        ("ledger", "0002_append_only"),
        ("ledger", "0003_search"),
        ("ledger", "0004_expectation"),
        ("ledger", "0005_money_back"),
        ("ledger", "0006_finance_charge"),
        ("ledger", "0007_discount"),
        ("ledger", "0008_statement_seal"),
        ("ledger", "0009_write_off"),
        ("ledger", "0010_closed_period"),
        ("ledger", "0011_surcharge"),
        ("ledger", "0012_payee"),
        ("ledger", "0013_deposit_for_order"),
        ("ledger", "0014_instalment"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0006_closed_period"),
    ]

    operations = [
        eipp.kernel.together.Together(
            models=[
                migrations.CreateModel(
                    name="AccountBalance",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("currency", models.CharField(max_length=3)),
                        ("receivable_minor", models.BigIntegerField(default=0)),
                        ("credit_minor", models.BigIntegerField(default=0)),
                        ("unapplied_minor", models.BigIntegerField(default=0)),
                        ("disputed_minor", models.BigIntegerField(default=0)),
                        ("pending_minor", models.BigIntegerField(default=0)),
                        ("planned_minor", models.BigIntegerField(default=0)),
                        ("payable_minor", models.BigIntegerField(default=0)),
                        ("invoiced_minor", models.BigIntegerField(default=0)),
                        ("open_count", models.IntegerField(default=0)),
                        ("invoice_count", models.IntegerField(default=0)),
                        ("last_payment_on", models.DateField(null=True)),
                        ("last_payment_minor", models.BigIntegerField(null=True)),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="balances",
                                to="accounts.customeraccount",
                            ),
                        ),
                        ("announced_minor", models.BigIntegerField(default=0)),
                        ("promised_minor", models.BigIntegerField(default=0)),
                        ("charges_minor", models.BigIntegerField(default=0)),
                        ("deposit_minor", models.BigIntegerField(default=0)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("account", "currency"), name="account_balance_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("announced_minor__gte", 0),
                                    ("credit_minor__gte", 0),
                                    ("deposit_minor__gte", 0),
                                    ("disputed_minor__gte", 0),
                                    ("open_count__gte", 0),
                                    ("pending_minor__gte", 0),
                                    ("planned_minor__gte", 0),
                                    ("promised_minor__gte", 0),
                                    (
                                        "receivable_minor__gte",
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                django.db.models.expressions.CombinedExpression(
                                                    models.F("disputed_minor"), "+", models.F("pending_minor")
                                                ),
                                                "+",
                                                models.F("planned_minor"),
                                            ),
                                            "+",
                                            django.db.models.expressions.CombinedExpression(
                                                models.F("promised_minor"), "+", models.F("announced_minor")
                                            ),
                                        ),
                                    ),
                                    ("unapplied_minor__gte", models.F("deposit_minor")),
                                ),
                                name="account_balance_held_within_open",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="CashReceipt",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("amount_minor", models.BigIntegerField()),
                        ("unapplied_minor", models.BigIntegerField()),
                        ("currency", models.CharField(max_length=3)),
                        ("received_on", models.DateField()),
                        ("kind", models.CharField(max_length=20)),
                        ("reference", models.CharField(blank=True, max_length=200)),
                        ("external_id", models.CharField(blank=True, max_length=200)),
                        ("payment_id", models.UUIDField(null=True)),
                        ("posted_at", models.DateTimeField()),
                        ("reversed_at", models.DateTimeField(null=True)),
                        ("reversal_reason", models.TextField(blank=True)),
                        (
                            "account",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.customeraccount",
                            ),
                        ),
                        (
                            "buyer",
                            models.ForeignKey(
                                db_index=False,
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
                            "supplier",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
                            ),
                        ),
                        ("given_back_minor", models.BigIntegerField(default=0)),
                        ("set_aside_minor", models.BigIntegerField(default=0)),
                        ("sent_at", models.DateTimeField(null=True)),
                        ("surcharge_minor", models.BigIntegerField(default=0)),
                        ("order_folded", models.CharField(blank=True, max_length=400)),
                        ("order_reference", models.CharField(blank=True, max_length=200)),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["buyer", "-received_on", "-id"], name="receipt_buyer_received"),
                            models.Index(fields=["supplier", "-received_on", "-id"], name="receipt_supplier_received"),
                            models.Index(
                                fields=["account", "currency", "-received_on", "-id"], name="receipt_account_received"
                            ),
                            models.Index(
                                condition=models.Q(("unapplied_minor__gt", 0)),
                                fields=["account"],
                                name="receipt_unapplied",
                            ),
                            models.Index(
                                condition=models.Q(("order_folded", ""), _negated=True),
                                fields=["account", "order_folded"],
                                name="receipt_deposit",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount_minor__gt", 0)), name="cash_receipt_amount"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("unapplied_minor__gte", 0), ("unapplied_minor__lte", models.F("amount_minor"))
                                ),
                                name="cash_receipt_unapplied",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("reversed_at__isnull", True), ("unapplied_minor", 0), _connector="OR"
                                ),
                                name="cash_receipt_reversed_is_empty",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("payment_id__isnull", False), ("reversed_at__isnull", True)),
                                fields=("payment_id", "account"),
                                name="cash_receipt_once_per_payment",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("external_id", ""), _negated=True),
                                fields=("supplier", "external_id"),
                                name="cash_receipt_external_id",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "amount_minor__gte",
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                models.F("unapplied_minor"), "+", models.F("set_aside_minor")
                                            ),
                                            "+",
                                            models.F("given_back_minor"),
                                        ),
                                    ),
                                    ("given_back_minor__gte", 0),
                                    ("set_aside_minor__gte", 0),
                                ),
                                name="cash_receipt_given_back_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("surcharge_minor__gte", 0)), name="cash_receipt_surcharge"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ClosedPeriod",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("through", models.DateField()),
                        ("closed_at", models.DateTimeField()),
                        ("closed_by", models.UUIDField(null=True)),
                        (
                            "supplier",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="closed_periods",
                                to="accounts.organisation",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [],
                        "constraints": [
                            models.UniqueConstraint(fields=("supplier", "through"), name="closed_period_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DiscountRule",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "counts",
                            models.CharField(
                                choices=[("sent", "Sent by the deadline"), ("arrived", "Arrived by the deadline")],
                                default="sent",
                                max_length=10,
                            ),
                        ),
                        (
                            "zone",
                            models.CharField(
                                choices=[("supplier", "The supplier's"), ("buyer", "The buyer's")],
                                default="supplier",
                                max_length=10,
                            ),
                        ),
                        ("in_part", models.BooleanField(default=False)),
                        ("waits_for_disputes", models.BooleanField(default=True)),
                        (
                            "supplier",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="discount_rule",
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
                    name="DueBalance",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("currency", models.CharField(max_length=3)),
                        ("due_date", models.DateField()),
                        ("open_minor", models.BigIntegerField(default=0)),
                        ("disputed_minor", models.BigIntegerField(default=0)),
                        ("pending_minor", models.BigIntegerField(default=0)),
                        ("planned_minor", models.BigIntegerField(default=0)),
                        ("payable_minor", models.BigIntegerField(default=0)),
                        ("open_count", models.IntegerField(default=0)),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="due_balances",
                                to="accounts.customeraccount",
                            ),
                        ),
                        ("announced_minor", models.BigIntegerField(default=0)),
                        ("promised_minor", models.BigIntegerField(default=0)),
                        ("charges_minor", models.BigIntegerField(default=0)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("open_minor__gt", 0)),
                                fields=["account", "due_date"],
                                name="due_balance_open",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("account", "currency", "due_date"), name="due_balance_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("announced_minor__gte", 0),
                                    ("disputed_minor__gte", 0),
                                    ("open_count__gte", 0),
                                    (
                                        "open_minor__gte",
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                django.db.models.expressions.CombinedExpression(
                                                    models.F("disputed_minor"), "+", models.F("pending_minor")
                                                ),
                                                "+",
                                                models.F("planned_minor"),
                                            ),
                                            "+",
                                            django.db.models.expressions.CombinedExpression(
                                                models.F("promised_minor"), "+", models.F("announced_minor")
                                            ),
                                        ),
                                    ),
                                    ("pending_minor__gte", 0),
                                    ("planned_minor__gte", 0),
                                    ("promised_minor__gte", 0),
                                ),
                                name="due_balance_held_within_open",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FinanceChargeBookmark",
                    fields=[
                        (
                            "supplier",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                primary_key=True,
                                related_name="+",
                                serialize=False,
                                to="accounts.organisation",
                            ),
                        ),
                        ("day", models.DateField()),
                        ("after", models.UUIDField(null=True)),
                    ],
                    options={
                        "indexes": [],
                        "constraints": [],
                    },
                ),
                migrations.CreateModel(
                    name="FinanceChargeRule",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("currency", models.CharField(max_length=3)),
                        ("starts_on", models.DateField()),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("none", "No late fee"),
                                    ("fixed", "A fixed amount"),
                                    ("percent_of_period", "A percentage for each period"),
                                    ("percent_of_year", "A yearly percentage, by days"),
                                    ("wider", "As the wider rule says"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("grace_days", models.PositiveSmallIntegerField(default=0)),
                        ("every_days", models.PositiveSmallIntegerField(null=True)),
                        ("fixed_minor", models.BigIntegerField(null=True)),
                        ("percent", eipp.kernel.record.DecimalText(max_length=40, null=True)),
                        ("minimum_minor", models.BigIntegerField(null=True)),
                        ("cap_minor", models.BigIntegerField(null=True)),
                        ("compounding", models.BooleanField(default=False)),
                        ("waits_for_disputes", models.BooleanField(default=True)),
                        ("due_days", models.PositiveSmallIntegerField(default=14)),
                        ("set_at", models.DateTimeField()),
                        ("set_by", models.UUIDField(null=True)),
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
                            models.Index(fields=["supplier", "currency", "starts_on"], name="finance_charge_rule_day")
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("every_days", None), ("every_days__gt", 0), _connector="OR"),
                                name="finance_charge_rule_period",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("fixed_minor", None), ("fixed_minor__gt", 0), _connector="OR"),
                                    models.Q(("minimum_minor", None), ("minimum_minor__gt", 0), _connector="OR"),
                                    models.Q(("cap_minor", None), ("cap_minor__gt", 0), _connector="OR"),
                                ),
                                name="finance_charge_rule_amounts",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("kind__in", ("none", "wider")),
                                    models.Q(("fixed_minor__isnull", False), ("kind", "fixed")),
                                    models.Q(
                                        ("kind__in", ("percent_of_period", "percent_of_year")),
                                        ("percent__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="finance_charge_rule_whole",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Invoice",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("number", models.CharField(max_length=100)),
                        ("number_folded", models.CharField(max_length=200)),
                        ("search_text", models.TextField(blank=True)),
                        ("fiscal_year", models.IntegerField()),
                        ("external_id", models.CharField(blank=True, max_length=200)),
                        ("version", models.IntegerField(default=1)),
                        ("type_code", models.CharField(max_length=10)),
                        ("issue_date", models.DateField()),
                        ("currency", models.CharField(max_length=3)),
                        ("order_reference", models.CharField(blank=True, max_length=200)),
                        ("buyer_reference", models.CharField(blank=True, max_length=200)),
                        ("note", models.TextField(blank=True)),
                        ("payment_terms", models.TextField(blank=True)),
                        ("payment_reference", models.CharField(blank=True, max_length=200)),
                        ("seller", models.JSONField(default=dict)),
                        ("buyer_party", models.JSONField(default=dict)),
                        ("delivery", models.JSONField(default=dict)),
                        ("payment_means", models.JSONField(default=list)),
                        ("references", models.JSONField(default=dict)),
                        ("facts", models.JSONField(default=dict)),
                        ("line_total_minor", models.BigIntegerField()),
                        ("allowance_total_minor", models.BigIntegerField(default=0)),
                        ("charge_total_minor", models.BigIntegerField(default=0)),
                        ("tax_exclusive_minor", models.BigIntegerField()),
                        ("tax_minor", models.BigIntegerField()),
                        ("tax_inclusive_minor", models.BigIntegerField()),
                        ("prepaid_minor", models.BigIntegerField(default=0)),
                        ("rounding_minor", models.BigIntegerField(default=0)),
                        ("payable_minor", models.BigIntegerField()),
                        ("open_minor", models.BigIntegerField()),
                        ("content_hash", models.CharField(blank=True, max_length=64)),
                        ("warnings", models.JSONField(default=list)),
                        ("original_id", models.UUIDField(null=True)),
                        ("posted_at", models.DateTimeField()),
                        ("due_date", models.DateField()),
                        ("paid_minor", models.BigIntegerField(default=0)),
                        ("credited_minor", models.BigIntegerField(default=0)),
                        ("held_minor", models.BigIntegerField(default=0)),
                        ("disputed_minor", models.BigIntegerField(default=0)),
                        ("pending_minor", models.BigIntegerField(default=0)),
                        ("planned_minor", models.BigIntegerField(default=0)),
                        ("presented_at", models.DateTimeField(null=True)),
                        ("closed_at", models.DateTimeField(null=True)),
                        ("withdrawn_at", models.DateTimeField(null=True)),
                        (
                            "account",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.customeraccount",
                            ),
                        ),
                        (
                            "buyer",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
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
                        ("announced_minor", models.BigIntegerField(default=0)),
                        ("promised_minor", models.BigIntegerField(default=0)),
                        (
                            "kind",
                            models.CharField(
                                choices=[("invoice", "Invoice"), ("finance_charge", "Late fee")],
                                default="invoice",
                                max_length=20,
                            ),
                        ),
                        ("discount_best_minor", models.BigIntegerField(default=0)),
                        ("discount_ends_on", models.DateField(null=True)),
                        ("discount_terms", models.JSONField(default=dict)),
                        ("discounted_minor", models.BigIntegerField(default=0)),
                        ("written_off_minor", models.BigIntegerField(default=0)),
                        ("payee_name", models.CharField(blank=True, max_length=200)),
                        ("due_count", models.PositiveSmallIntegerField(default=1)),
                        ("due_plan", models.JSONField(default=list)),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["buyer", "-issue_date", "-id"], name="invoice_buyer_issued"),
                            models.Index(fields=["supplier", "-issue_date", "-id"], name="invoice_supplier_issued"),
                            models.Index(fields=["account", "-issue_date", "-id"], name="invoice_account_issued"),
                            models.Index(fields=["buyer", "payable_minor", "id"], name="invoice_buyer_amount"),
                            models.Index(fields=["supplier", "payable_minor", "id"], name="invoice_supplier_amount"),
                            models.Index(
                                condition=models.Q(("open_minor__gt", 0)),
                                fields=["buyer", "due_date", "id"],
                                name="invoice_buyer_due",
                            ),
                            models.Index(
                                condition=models.Q(("open_minor__gt", 0)),
                                fields=["supplier", "due_date", "id"],
                                name="invoice_supplier_due",
                            ),
                            models.Index(
                                condition=models.Q(("open_minor__gt", 0)),
                                fields=["account", "due_date", "id"],
                                name="invoice_account_due",
                            ),
                            models.Index(
                                condition=models.Q(("disputed_minor__gt", 0)),
                                fields=["supplier", "disputed_minor"],
                                name="invoice_disputed",
                            ),
                            models.Index(
                                condition=models.Q(("pending_minor__gt", 0)),
                                fields=["supplier", "pending_minor"],
                                name="invoice_pending",
                            ),
                            models.Index(fields=["supplier", "number_folded"], name="invoice_supplier_number"),
                            models.Index(fields=["buyer", "number_folded"], name="invoice_buyer_number"),
                            models.Index(
                                condition=models.Q(("open_minor", 0)),
                                fields=["supplier", "closed_at"],
                                name="invoice_closed",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "payable_minor",
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                models.F("tax_inclusive_minor"), "-", models.F("prepaid_minor")
                                            ),
                                            "+",
                                            models.F("rounding_minor"),
                                        ),
                                    ),
                                    (
                                        "tax_exclusive_minor",
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                models.F("line_total_minor"), "-", models.F("allowance_total_minor")
                                            ),
                                            "+",
                                            models.F("charge_total_minor"),
                                        ),
                                    ),
                                    (
                                        "tax_inclusive_minor",
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("tax_exclusive_minor"), "+", models.F("tax_minor")
                                        ),
                                    ),
                                ),
                                name="invoice_sums",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("open_minor__gte", 0), ("open_minor__lte", models.F("payable_minor"))
                                ),
                                name="invoice_open_within_payable",
                            ),
                            models.UniqueConstraint(
                                fields=("legal_entity", "number", "fiscal_year"), name="invoice_number"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("external_id", ""), _negated=True),
                                fields=("supplier", "external_id"),
                                name="invoice_external_id",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("held_minor__gte", 0), ("held_minor__lte", models.F("open_minor"))),
                                name="invoice_held_within_open",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("credited_minor__gte", 0),
                                    ("disputed_minor__gte", 0),
                                    (
                                        "held_minor",
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                models.F("disputed_minor"), "+", models.F("pending_minor")
                                            ),
                                            "+",
                                            models.F("planned_minor"),
                                        ),
                                    ),
                                    ("paid_minor__gte", 0),
                                    ("pending_minor__gte", 0),
                                    ("planned_minor__gte", 0),
                                ),
                                name="invoice_held_is_its_parts",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("announced_minor__gte", 0), ("promised_minor__gte", 0)),
                                name="invoice_expected",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("discounted_minor__gte", 0),
                                    (
                                        "open_minor",
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                django.db.models.expressions.CombinedExpression(
                                                    django.db.models.expressions.CombinedExpression(
                                                        models.F("payable_minor"), "-", models.F("paid_minor")
                                                    ),
                                                    "-",
                                                    models.F("credited_minor"),
                                                ),
                                                "-",
                                                models.F("discounted_minor"),
                                            ),
                                            "-",
                                            models.F("written_off_minor"),
                                        ),
                                    ),
                                    ("written_off_minor__gte", 0),
                                ),
                                name="invoice_open_is_payable_less_settled",
                            ),
                        ],
                    },
                ),
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
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.customeraccount",
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
                    name="CreditNote",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("number", models.CharField(max_length=100)),
                        ("number_folded", models.CharField(max_length=200)),
                        ("search_text", models.TextField(blank=True)),
                        ("fiscal_year", models.IntegerField()),
                        ("external_id", models.CharField(blank=True, max_length=200)),
                        ("version", models.IntegerField(default=1)),
                        ("type_code", models.CharField(max_length=10)),
                        ("issue_date", models.DateField()),
                        ("currency", models.CharField(max_length=3)),
                        ("order_reference", models.CharField(blank=True, max_length=200)),
                        ("buyer_reference", models.CharField(blank=True, max_length=200)),
                        ("note", models.TextField(blank=True)),
                        ("payment_terms", models.TextField(blank=True)),
                        ("payment_reference", models.CharField(blank=True, max_length=200)),
                        ("seller", models.JSONField(default=dict)),
                        ("buyer_party", models.JSONField(default=dict)),
                        ("delivery", models.JSONField(default=dict)),
                        ("payment_means", models.JSONField(default=list)),
                        ("references", models.JSONField(default=dict)),
                        ("facts", models.JSONField(default=dict)),
                        ("line_total_minor", models.BigIntegerField()),
                        ("allowance_total_minor", models.BigIntegerField(default=0)),
                        ("charge_total_minor", models.BigIntegerField(default=0)),
                        ("tax_exclusive_minor", models.BigIntegerField()),
                        ("tax_minor", models.BigIntegerField()),
                        ("tax_inclusive_minor", models.BigIntegerField()),
                        ("prepaid_minor", models.BigIntegerField(default=0)),
                        ("rounding_minor", models.BigIntegerField(default=0)),
                        ("payable_minor", models.BigIntegerField()),
                        ("open_minor", models.BigIntegerField()),
                        ("content_hash", models.CharField(blank=True, max_length=64)),
                        ("warnings", models.JSONField(default=list)),
                        ("original_id", models.UUIDField(null=True)),
                        ("posted_at", models.DateTimeField()),
                        ("reason", models.TextField(blank=True)),
                        ("dispute_id", models.UUIDField(db_index=True, null=True)),
                        (
                            "account",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.customeraccount",
                            ),
                        ),
                        (
                            "buyer",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
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
                        (
                            "corrects",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="credit_notes",
                                to="ledger.invoice",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["buyer", "-issue_date", "-id"], name="credit_note_buyer_issued"),
                            models.Index(fields=["supplier", "-issue_date", "-id"], name="credit_note_supplier_issued"),
                            models.Index(
                                condition=models.Q(("open_minor__gt", 0)),
                                fields=["account", "issue_date"],
                                name="credit_note_usable",
                            ),
                            models.Index(fields=["supplier", "number_folded"], name="credit_note_number_search"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "payable_minor",
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                models.F("tax_inclusive_minor"), "-", models.F("prepaid_minor")
                                            ),
                                            "+",
                                            models.F("rounding_minor"),
                                        ),
                                    ),
                                    (
                                        "tax_exclusive_minor",
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                models.F("line_total_minor"), "-", models.F("allowance_total_minor")
                                            ),
                                            "+",
                                            models.F("charge_total_minor"),
                                        ),
                                    ),
                                    (
                                        "tax_inclusive_minor",
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("tax_exclusive_minor"), "+", models.F("tax_minor")
                                        ),
                                    ),
                                ),
                                name="creditnote_sums",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("open_minor__gte", 0), ("open_minor__lte", models.F("payable_minor"))
                                ),
                                name="creditnote_open_within_payable",
                            ),
                            models.UniqueConstraint(
                                fields=("legal_entity", "number", "fiscal_year"), name="creditnote_number"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("external_id", ""), _negated=True),
                                fields=("supplier", "external_id"),
                                name="creditnote_external_id",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Expectation",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[("promised", "Promised"), ("announced", "Announced")], max_length=10
                            ),
                        ),
                        ("amount_minor", models.BigIntegerField()),
                        ("currency", models.CharField(max_length=3)),
                        ("reason_kind", models.CharField(max_length=40)),
                        ("reason_id", models.UUIDField()),
                        ("expected_on", models.DateField()),
                        ("placed_at", models.DateTimeField()),
                        ("released_at", models.DateTimeField(null=True)),
                        (
                            "invoice",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="expectations",
                                to="ledger.invoice",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount_minor__gt", 0)), name="expectation_amount"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("kind__in", ("promised", "announced"))), name="expectation_kind"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("released_at__isnull", True)),
                                fields=("reason_kind", "reason_id", "invoice"),
                                name="expectation_once_per_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FinanceCharge",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("charged_for", models.DateField()),
                        ("cause", models.CharField(blank=True, max_length=36)),
                        ("begins_on", models.DateField()),
                        ("ends_on", models.DateField()),
                        ("currency", models.CharField(max_length=3)),
                        ("base_minor", models.BigIntegerField()),
                        ("amount_minor", models.BigIntegerField()),
                        ("charged_at", models.DateTimeField()),
                        ("waived_at", models.DateTimeField(null=True)),
                        ("waived_by", models.UUIDField(null=True)),
                        ("waived_minor", models.BigIntegerField(default=0)),
                        ("waiver_reason", models.CharField(blank=True, max_length=1000)),
                        (
                            "document",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="finance_charge",
                                to="ledger.invoice",
                            ),
                        ),
                        (
                            "invoice",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="finance_charges",
                                to="ledger.invoice",
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
                            "rule",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="ledger.financechargerule",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["supplier", "-charged_at", "-id"], name="finance_charge_supplier"),
                            models.Index(
                                condition=models.Q(("cause", ""), _negated=True),
                                fields=["cause"],
                                name="finance_charge_cause",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("invoice", "charged_for", "cause"), name="finance_charge_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount_minor__gt", 0)), name="finance_charge_amount"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("waived_minor__gte", 0), ("waived_minor__lte", models.F("amount_minor"))
                                ),
                                name="finance_charge_waived",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Hold",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[("disputed", "In dispute"), ("pending", "On the way"), ("planned", "Planned")],
                                max_length=10,
                            ),
                        ),
                        ("amount_minor", models.BigIntegerField()),
                        ("currency", models.CharField(max_length=3)),
                        ("reason_kind", models.CharField(max_length=40)),
                        ("reason_id", models.UUIDField()),
                        ("placed_at", models.DateTimeField()),
                        ("released_at", models.DateTimeField(null=True)),
                        (
                            "invoice",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="holds", to="ledger.invoice"
                            ),
                        ),
                    ],
                    options={
                        "indexes": [],
                        "constraints": [
                            models.CheckConstraint(condition=models.Q(("amount_minor__gt", 0)), name="hold_amount"),
                            models.CheckConstraint(
                                condition=models.Q(("kind__in", ("disputed", "pending", "planned"))), name="hold_kind"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("released_at__isnull", True)),
                                fields=("reason_kind", "reason_id", "invoice"),
                                name="hold_once_per_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Instalment",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("due_date", models.DateField()),
                        ("currency", models.CharField(max_length=3)),
                        ("amount_minor", models.BigIntegerField()),
                        ("is_retention", models.BooleanField(default=False)),
                        ("open_minor", models.BigIntegerField()),
                        ("pending_minor", models.BigIntegerField(default=0)),
                        ("planned_minor", models.BigIntegerField(default=0)),
                        ("disputed_minor", models.BigIntegerField(default=0)),
                        ("announced_minor", models.BigIntegerField(default=0)),
                        ("promised_minor", models.BigIntegerField(default=0)),
                        (
                            "invoice",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="instalments",
                                to="ledger.invoice",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("open_minor__gt", 0)), fields=["due_date"], name="instalment_open"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("invoice", "due_date"), name="instalment_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("amount_minor__gt", 0),
                                    ("announced_minor__gte", 0),
                                    ("disputed_minor__gte", 0),
                                    (
                                        "open_minor__gte",
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                django.db.models.expressions.CombinedExpression(
                                                    django.db.models.expressions.CombinedExpression(
                                                        models.F("pending_minor"), "+", models.F("planned_minor")
                                                    ),
                                                    "+",
                                                    models.F("disputed_minor"),
                                                ),
                                                "+",
                                                models.F("announced_minor"),
                                            ),
                                            "+",
                                            models.F("promised_minor"),
                                        ),
                                    ),
                                    ("open_minor__lte", models.F("amount_minor")),
                                    ("pending_minor__gte", 0),
                                    ("planned_minor__gte", 0),
                                    ("promised_minor__gte", 0),
                                ),
                                name="instalment_set_apart_within_open",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="InvoiceLine",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("position", models.IntegerField()),
                        ("currency", models.CharField(max_length=3)),
                        ("version", models.IntegerField(default=1)),
                        ("is_current", models.BooleanField(default=True)),
                        ("line_number", models.CharField(max_length=100)),
                        ("item_name", models.TextField()),
                        ("description", models.TextField(blank=True)),
                        ("seller_item_id", models.CharField(blank=True, max_length=200)),
                        ("buyer_item_id", models.CharField(blank=True, max_length=200)),
                        ("standard_item_id", models.CharField(blank=True, max_length=200)),
                        ("quantity", eipp.kernel.record.DecimalText(max_length=40)),
                        ("unit", models.CharField(blank=True, max_length=20)),
                        ("unit_price", eipp.kernel.record.DecimalText(max_length=40)),
                        ("base_quantity", eipp.kernel.record.DecimalText(max_length=40, null=True)),
                        ("net_minor", models.BigIntegerField()),
                        ("tax_category", models.CharField(blank=True, max_length=10)),
                        ("tax_rate", eipp.kernel.record.DecimalText(max_length=40, null=True)),
                        ("order_line_reference", models.CharField(blank=True, max_length=200)),
                        ("note", models.TextField(blank=True)),
                        ("facts", models.JSONField(default=dict)),
                        (
                            "invoice",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="ledger.invoice"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("position",),
                        "abstract": False,
                        "indexes": [],
                        "constraints": [],
                    },
                ),
                migrations.CreateModel(
                    name="InvoiceTax",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("position", models.IntegerField()),
                        ("currency", models.CharField(max_length=3)),
                        ("version", models.IntegerField(default=1)),
                        ("is_current", models.BooleanField(default=True)),
                        ("category", models.CharField(max_length=10)),
                        ("rate", eipp.kernel.record.DecimalText(max_length=40, null=True)),
                        ("taxable_minor", models.BigIntegerField()),
                        ("tax_minor", models.BigIntegerField()),
                        ("exemption_reason", models.TextField(blank=True)),
                        ("exemption_code", models.CharField(blank=True, max_length=30)),
                        (
                            "invoice",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="taxes", to="ledger.invoice"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("position",),
                        "abstract": False,
                        "indexes": [],
                        "constraints": [],
                    },
                ),
                migrations.CreateModel(
                    name="Application",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("amount_minor", models.BigIntegerField()),
                        ("currency", models.CharField(max_length=3)),
                        ("applied_on", models.DateField()),
                        ("recorded_at", models.DateTimeField()),
                        (
                            "reverses",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reversed_by",
                                to="ledger.application",
                            ),
                        ),
                        (
                            "receipt",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="applications",
                                to="ledger.cashreceipt",
                            ),
                        ),
                        (
                            "credit_note",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="applications",
                                to="ledger.creditnote",
                            ),
                        ),
                        (
                            "invoice",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="applications",
                                to="ledger.invoice",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("credit_note__isnull", False), ("receipt__isnull", True)),
                                    models.Q(("credit_note__isnull", True), ("receipt__isnull", False)),
                                    _connector="OR",
                                ),
                                name="application_one_source",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("amount_minor__gt", 0), ("reverses__isnull", True)),
                                    models.Q(("amount_minor__lt", 0), ("reverses__isnull", False)),
                                    _connector="OR",
                                ),
                                name="application_sign",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CreditNoteLine",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("position", models.IntegerField()),
                        ("currency", models.CharField(max_length=3)),
                        ("version", models.IntegerField(default=1)),
                        ("is_current", models.BooleanField(default=True)),
                        ("line_number", models.CharField(max_length=100)),
                        ("item_name", models.TextField()),
                        ("description", models.TextField(blank=True)),
                        ("seller_item_id", models.CharField(blank=True, max_length=200)),
                        ("buyer_item_id", models.CharField(blank=True, max_length=200)),
                        ("standard_item_id", models.CharField(blank=True, max_length=200)),
                        ("quantity", eipp.kernel.record.DecimalText(max_length=40)),
                        ("unit", models.CharField(blank=True, max_length=20)),
                        ("unit_price", eipp.kernel.record.DecimalText(max_length=40)),
                        ("base_quantity", eipp.kernel.record.DecimalText(max_length=40, null=True)),
                        ("net_minor", models.BigIntegerField()),
                        ("tax_category", models.CharField(blank=True, max_length=10)),
                        ("tax_rate", eipp.kernel.record.DecimalText(max_length=40, null=True)),
                        ("order_line_reference", models.CharField(blank=True, max_length=200)),
                        ("note", models.TextField(blank=True)),
                        ("facts", models.JSONField(default=dict)),
                        ("allowance_minor", models.BigIntegerField(default=0)),
                        ("charge_minor", models.BigIntegerField(default=0)),
                        ("tax_minor", models.BigIntegerField(default=0)),
                        (
                            "credit_note",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lines",
                                to="ledger.creditnote",
                            ),
                        ),
                        (
                            "invoice_line",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="credits",
                                to="ledger.invoiceline",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("position",),
                        "abstract": False,
                        "indexes": [],
                        "constraints": [],
                    },
                ),
                migrations.CreateModel(
                    name="CreditNoteTax",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("position", models.IntegerField()),
                        ("currency", models.CharField(max_length=3)),
                        ("version", models.IntegerField(default=1)),
                        ("is_current", models.BooleanField(default=True)),
                        ("category", models.CharField(max_length=10)),
                        ("rate", eipp.kernel.record.DecimalText(max_length=40, null=True)),
                        ("taxable_minor", models.BigIntegerField()),
                        ("tax_minor", models.BigIntegerField()),
                        ("exemption_reason", models.TextField(blank=True)),
                        ("exemption_code", models.CharField(blank=True, max_length=30)),
                        (
                            "credit_note",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="taxes",
                                to="ledger.creditnote",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("position",),
                        "abstract": False,
                        "indexes": [],
                        "constraints": [],
                    },
                ),
                migrations.CreateModel(
                    name="InvoiceAllowanceCharge",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("position", models.IntegerField()),
                        ("currency", models.CharField(max_length=3)),
                        ("version", models.IntegerField(default=1)),
                        ("is_current", models.BooleanField(default=True)),
                        ("is_charge", models.BooleanField()),
                        ("amount_minor", models.BigIntegerField()),
                        ("base_minor", models.BigIntegerField(null=True)),
                        ("percent", eipp.kernel.record.DecimalText(max_length=40, null=True)),
                        ("reason", models.TextField(blank=True)),
                        ("reason_code", models.CharField(blank=True, max_length=10)),
                        ("tax_category", models.CharField(blank=True, max_length=10)),
                        ("tax_rate", eipp.kernel.record.DecimalText(max_length=40, null=True)),
                        (
                            "invoice",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="allowances_charges",
                                to="ledger.invoice",
                            ),
                        ),
                        (
                            "line",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="allowances_charges",
                                to="ledger.invoiceline",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("position",),
                        "abstract": False,
                        "indexes": [],
                        "constraints": [],
                    },
                ),
                migrations.CreateModel(
                    name="Posting",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("currency", models.CharField(max_length=3)),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("sales", "Sales and tax"),
                                    ("receivable", "Receivable"),
                                    ("credit_notes", "Credit not yet used"),
                                    ("unapplied", "Unapplied cash"),
                                    ("cash", "Cash"),
                                    ("transfer", "Paid for another account"),
                                    ("discounts", "Early-payment discounts"),
                                    ("write_offs", "Written off"),
                                    ("refunds", "Set aside to be refunded"),
                                    ("surcharges", "Price of paying"),
                                ],
                                max_length=20,
                            ),
                        ),
                        (
                            "target",
                            models.CharField(
                                choices=[
                                    ("sales", "Sales and tax"),
                                    ("receivable", "Receivable"),
                                    ("credit_notes", "Credit not yet used"),
                                    ("unapplied", "Unapplied cash"),
                                    ("cash", "Cash"),
                                    ("transfer", "Paid for another account"),
                                    ("discounts", "Early-payment discounts"),
                                    ("write_offs", "Written off"),
                                    ("refunds", "Set aside to be refunded"),
                                    ("surcharges", "Price of paying"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("amount_minor", models.BigIntegerField()),
                        ("kind", models.CharField(max_length=30)),
                        ("document_date", models.DateField()),
                        ("posting_date", models.DateField()),
                        ("occurred_at", models.DateTimeField()),
                        ("recorded_at", models.DateTimeField()),
                        (
                            "account",
                            models.ForeignKey(
                                db_index=False,
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
                                related_name="postings",
                                to="ledger.creditnote",
                            ),
                        ),
                        (
                            "invoice",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="postings",
                                to="ledger.invoice",
                            ),
                        ),
                        (
                            "receipt",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="postings",
                                to="ledger.cashreceipt",
                            ),
                        ),
                        ("is_backdated", models.BooleanField(default=False)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                fields=["account", "currency", "posting_date", "id"], name="posting_account_day"
                            ),
                            models.Index(
                                condition=models.Q(("is_backdated", True)),
                                fields=["account", "recorded_at"],
                                name="posting_backdated",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(condition=models.Q(("amount_minor__gt", 0)), name="posting_amount"),
                            models.CheckConstraint(
                                condition=models.Q(("source", models.F("target")), _negated=True), name="posting_moves"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CreditNoteAllowanceCharge",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("position", models.IntegerField()),
                        ("currency", models.CharField(max_length=3)),
                        ("version", models.IntegerField(default=1)),
                        ("is_current", models.BooleanField(default=True)),
                        ("is_charge", models.BooleanField()),
                        ("amount_minor", models.BigIntegerField()),
                        ("base_minor", models.BigIntegerField(null=True)),
                        ("percent", eipp.kernel.record.DecimalText(max_length=40, null=True)),
                        ("reason", models.TextField(blank=True)),
                        ("reason_code", models.CharField(blank=True, max_length=10)),
                        ("tax_category", models.CharField(blank=True, max_length=10)),
                        ("tax_rate", eipp.kernel.record.DecimalText(max_length=40, null=True)),
                        (
                            "credit_note",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="allowances_charges",
                                to="ledger.creditnote",
                            ),
                        ),
                        (
                            "line",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="allowances_charges",
                                to="ledger.creditnoteline",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("position",),
                        "abstract": False,
                        "indexes": [],
                        "constraints": [],
                    },
                ),
            ],
        ),
        eipp.kernel.append_only.Guard(
            table="ledger_posting",
        ),
        eipp.kernel.append_only.Guard(
            table="ledger_application",
        ),
        eipp.ledger.search_index.Trigrams(),
        eipp.kernel.append_only.Guard(
            table="ledger_financechargerule",
        ),
        eipp.kernel.append_only.Guard(
            table="ledger_sealedstatement",
        ),
        eipp.kernel.append_only.Guard(
            table="ledger_closedperiod",
        ),
    ]
