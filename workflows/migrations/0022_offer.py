"""Early-payment offers, what a supplier gives by itself, and the authority to give a discount."""

import django.db.models.deletion
import django_fsm
from django.db import migrations, models

import eipp.kernel.record
from eipp.kernel.append_only import Guard


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_payee"),
        ("ledger", "0014_instalment"),
        ("workflows", "0021_deduction"),
    ]

    operations = [
        migrations.AlterField(
            model_name="authoritylimit",
            name="kind",
            field=models.CharField(
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
        migrations.AlterField(
            model_name="authorityrequest",
            name="kind",
            field=models.CharField(
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.customeraccount"
                    ),
                ),
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
            ],
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="workflows.offer"
                    ),
                ),
            ],
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
                    ),
                ),
            ],
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="offer_shares", to="ledger.invoice"
                    ),
                ),
                (
                    "offer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="shares", to="workflows.offer"
                    ),
                ),
            ],
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
        ),
        migrations.AddIndex(
            model_name="offer",
            index=models.Index(fields=["buyer", "-made_at", "-id"], name="offer_buyer"),
        ),
        migrations.AddIndex(
            model_name="offer",
            index=models.Index(fields=["supplier", "-made_at", "-id"], name="offer_supplier"),
        ),
        migrations.AddIndex(
            model_name="offer",
            index=models.Index(
                condition=models.Q(("state__in", ("drafted", "proposed", "countered", "approving"))),
                fields=["expires_on"],
                name="offer_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="offer",
            index=models.Index(condition=models.Q(("state", "accepted")), fields=["until"], name="offer_accepted"),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.UniqueConstraint(fields=("supplier", "number"), name="offer_number"),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.UniqueConstraint(fields=("supplier", "buyer", "attempt"), name="one_offer_per_attempt"),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gt", 0)), name="offer_amount_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="offerdecision",
            constraint=models.UniqueConstraint(
                fields=("offer", "version", "decided_by"), name="one_offer_decision_per_person"
            ),
        ),
        migrations.AddConstraint(
            model_name="offersetting",
            constraint=models.UniqueConstraint(fields=("legal_entity", "currency"), name="one_offer_setting"),
        ),
        migrations.AddConstraint(
            model_name="offersetting",
            constraint=models.CheckConstraint(
                condition=models.Q(("largest_minor", None), ("largest_minor__gt", 0), _connector="OR"),
                name="offer_setting_sum",
            ),
        ),
        migrations.AddConstraint(
            model_name="offershare",
            constraint=models.UniqueConstraint(fields=("offer", "invoice"), name="one_offer_share_per_invoice"),
        ),
        migrations.AddConstraint(
            model_name="offershare",
            constraint=models.CheckConstraint(condition=models.Q(("amount_minor__gt", 0)), name="offer_share_positive"),
        ),
        migrations.AddConstraint(
            model_name="offerterms",
            constraint=models.UniqueConstraint(fields=("offer", "version"), name="offer_terms_once"),
        ),
        Guard("workflows_offerterms"),
        Guard("workflows_offerdecision"),
    ]
