"""Saved methods, money on account, the price of paying, and the day a payment is planned for."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import eipp.kernel.record


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_sign_in"),
        ("workflows", "0009_authority"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="payment",
            name="planned_for",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="payment",
            name="surcharge_minor",
            field=models.BigIntegerField(default=0),
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.customeraccount"
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="on_account", to="workflows.payment"
                    ),
                ),
            ],
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
                ("setup_url", models.URLField(blank=True, max_length=500)),
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
            ],
        ),
        migrations.AddField(
            model_name="payment",
            name="saved_method",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payments",
                to="workflows.savedmethod",
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                condition=models.Q(("state", "planned")), fields=["planned_for", "id"], name="payment_planned"
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(("surcharge_minor__gte", 0), ("surcharge_minor__lt", models.F("amount_minor"))),
                name="payment_surcharge_within",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentonaccount",
            constraint=models.UniqueConstraint(fields=("payment", "account"), name="once_on_account_per_payment"),
        ),
        migrations.AddConstraint(
            model_name="paymentonaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gt", 0)), name="payment_on_account_positive"
            ),
        ),
        migrations.AddIndex(
            model_name="savedmethod",
            index=models.Index(fields=["buyer", "legal_entity", "-requested_at"], name="saved_method_buyer"),
        ),
        migrations.AddConstraint(
            model_name="savedmethod",
            constraint=models.UniqueConstraint(fields=("buyer", "attempt"), name="one_saved_method_per_attempt"),
        ),
        migrations.AddConstraint(
            model_name="savedmethod",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_default", True), ("removed_at", None)),
                fields=("buyer", "legal_entity"),
                name="one_default_method_per_payee",
            ),
        ),
        migrations.AddConstraint(
            model_name="savedmethod",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("saved_at", None),
                    ("removed_at__isnull", False),
                    models.Q(("locked_token", ""), _negated=True),
                    _connector="OR",
                ),
                name="saved_method_has_its_token",
            ),
        ),
    ]
