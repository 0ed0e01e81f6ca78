"""All of this app's tables as they are now, for a new database; an older one takes the steps that this replaces."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import eipp.kernel.record
import eipp.kernel.together


class Migration(migrations.Migration):
    replaces = [
        ("accounts", "0001_initial"),
        ("accounts", "0002_mail_address"),
        ("accounts", "0003_sign_in"),
        ("accounts", "0004_issuers"),
        ("accounts", "0005_discount"),
        ("accounts", "0006_closed_period"),
        ("accounts", "0007_payee"),
    ]

    initial = True

    dependencies = []

    operations = [
        eipp.kernel.together.Together(
            models=[
                migrations.CreateModel(
                    name="FirstSignIn",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("email", models.CharField(blank=True, max_length=254)),
                        ("phone", models.CharField(blank=True, max_length=40)),
                        ("postal_code", models.CharField(blank=True, max_length=20)),
                        ("asked_at", models.DateTimeField()),
                        ("looked_up_at", models.DateTimeField(null=True)),
                        ("found", models.PositiveSmallIntegerField(default=0)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("looked_up_at", None)),
                                fields=["asked_at"],
                                name="first_sign_in_waiting",
                            )
                        ],
                        "constraints": [],
                    },
                ),
                migrations.CreateModel(
                    name="Organisation",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("name", models.CharField(max_length=200)),
                        (
                            "side",
                            models.CharField(choices=[("supplier", "Supplier"), ("buyer", "Buyer")], max_length=8),
                        ),
                        ("slug", models.SlugField(max_length=60, unique=True)),
                        ("country", models.CharField(blank=True, max_length=2)),
                        ("time_zone", models.CharField(default="UTC", max_length=60)),
                        ("language", models.CharField(default="en", max_length=5)),
                        ("brand_colour", models.CharField(blank=True, max_length=7)),
                        ("portal_title", models.CharField(blank=True, max_length=100)),
                        ("contact_name", models.CharField(blank=True, max_length=200)),
                        ("contact_phone", models.CharField(blank=True, max_length=40)),
                        ("contact_email", models.EmailField(blank=True, max_length=254)),
                        ("second_factor_since", models.DateTimeField(null=True)),
                        ("closed_through", models.DateField(null=True)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("side__in", ("supplier", "buyer"))), name="organisation_side"
                            )
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Person",
                    fields=[
                        ("password", models.CharField(max_length=128, verbose_name="password")),
                        ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("username", models.CharField(max_length=60, verbose_name="user name")),
                        ("username_folded", models.CharField(editable=False, max_length=400, unique=True)),
                        ("email", models.EmailField(max_length=254, verbose_name="e-mail address")),
                        ("email_folded", models.CharField(editable=False, max_length=400, unique=True)),
                        ("name", models.CharField(max_length=200)),
                        ("phone", models.CharField(blank=True, max_length=40)),
                        ("address", models.JSONField(blank=True, default=dict)),
                        (
                            "language",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("", "As my organisation"),
                                    ("en", "English"),
                                    ("de", "Deutsch"),
                                    ("fr", "Français"),
                                    ("es", "Español"),
                                ],
                                max_length=5,
                            ),
                        ),
                        (
                            "theme",
                            models.CharField(
                                blank=True,
                                choices=[("", "As my device"), ("light", "Light"), ("dark", "Dark")],
                                max_length=5,
                            ),
                        ),
                        ("is_active", models.BooleanField(default=True)),
                        ("joined_at", models.DateTimeField(auto_now_add=True)),
                        ("acts_for", models.UUIDField(null=True)),
                    ],
                    options={
                        "abstract": False,
                        "indexes": [],
                        "constraints": [],
                    },
                ),
                migrations.CreateModel(
                    name="ApiKey",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("name", models.CharField(max_length=100)),
                        ("prefix", models.CharField(max_length=20)),
                        ("fingerprint", models.CharField(max_length=64, unique=True)),
                        ("scopes", models.JSONField(default=list)),
                        ("created_at", models.DateTimeField()),
                        ("expires_at", models.DateTimeField(null=True)),
                        ("last_used_at", models.DateTimeField(null=True)),
                        ("revoked_at", models.DateTimeField(null=True)),
                        (
                            "replaces",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.apikey",
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="api_keys",
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
                    name="LegalEntity",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("name", models.CharField(max_length=200)),
                        ("code", models.CharField(max_length=20)),
                        ("country", models.CharField(max_length=2)),
                        ("vat_id", models.CharField(blank=True, max_length=40)),
                        ("legal_id", models.CharField(blank=True, max_length=60)),
                        ("endpoint_scheme", models.CharField(blank=True, max_length=10)),
                        ("endpoint", models.CharField(blank=True, max_length=100)),
                        ("address", models.JSONField(default=dict)),
                        ("bank_accounts", models.JSONField(default=list)),
                        ("is_default", models.BooleanField(default=False)),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="legal_entities",
                                to="accounts.organisation",
                            ),
                        ),
                        (
                            "credit_notes_by",
                            models.CharField(
                                choices=[("here", "This platform"), ("erp", "Your ERP")], default="here", max_length=10
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "legal entities",
                        "indexes": [],
                        "constraints": [
                            models.UniqueConstraint(fields=("organisation", "code"), name="legal_entity_code"),
                            models.UniqueConstraint(
                                condition=models.Q(("is_default", True)),
                                fields=("organisation",),
                                name="legal_entity_one_default",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("credit_notes_by__in", ("here", "erp"))),
                                name="legal_entity_credit_notes_by",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Payee",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("name", models.CharField(max_length=200)),
                        ("name_folded", models.CharField(max_length=400)),
                        ("iban", models.CharField(max_length=40)),
                        ("bic", models.CharField(blank=True, max_length=11)),
                        ("added_by", models.UUIDField(null=True)),
                        ("added_at", models.DateTimeField()),
                        ("verified_by", models.UUIDField(null=True)),
                        ("verified_at", models.DateTimeField(null=True)),
                        ("ended_at", models.DateTimeField(null=True)),
                        (
                            "supplier",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="payees",
                                to="accounts.organisation",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("verified_by", None),
                                    models.Q(("verified_by", models.F("added_by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="payee_verified_by_another",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at", None), ("verified_at__isnull", False)),
                                fields=("supplier", "name_folded"),
                                name="payee_once",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="PersonSession",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("session_key", models.CharField(max_length=40, unique=True)),
                        ("agent", models.CharField(blank=True, max_length=300)),
                        ("address", models.CharField(blank=True, max_length=45)),
                        ("began_at", models.DateTimeField()),
                        ("seen_at", models.DateTimeField()),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="sessions",
                                to=settings.AUTH_USER_MODEL,
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
                    name="CustomerAccount",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("number", models.CharField(max_length=60)),
                        ("name", models.CharField(max_length=200)),
                        ("depth", models.PositiveSmallIntegerField(default=1)),
                        ("currency", models.CharField(max_length=3)),
                        ("terms_days", models.PositiveSmallIntegerField(default=30)),
                        ("credit_limit_minor", models.BigIntegerField(null=True)),
                        ("portal_enabled", models.BooleanField(default=True)),
                        ("email", models.EmailField(blank=True, max_length=254)),
                        ("phone", models.CharField(blank=True, max_length=40)),
                        ("postal_code", models.CharField(blank=True, max_length=20)),
                        ("address", models.JSONField(default=dict)),
                        ("country", models.CharField(blank=True, max_length=2)),
                        (
                            "parent",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="children",
                                to="accounts.customeraccount",
                            ),
                        ),
                        (
                            "legal_entity",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="customer_accounts",
                                to="accounts.legalentity",
                            ),
                        ),
                        (
                            "buyer",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="supplier_accounts",
                                to="accounts.organisation",
                            ),
                        ),
                        (
                            "supplier",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="customer_accounts",
                                to="accounts.organisation",
                            ),
                        ),
                        ("cash_only", models.BooleanField(default=False)),
                        ("discount_terms", models.CharField(blank=True, max_length=100)),
                    ],
                    options={
                        "indexes": [],
                        "constraints": [
                            models.UniqueConstraint(fields=("supplier", "number"), name="account_number"),
                            models.CheckConstraint(
                                condition=models.Q(("credit_limit_minor__gte", 0)), name="account_limit"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("depth__gte", 1), ("depth__lte", 4)), name="account_depth"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("parent", models.F("id")), _negated=True),
                                name="account_not_its_own_parent",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AccountIdentifier",
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
                                choices=[
                                    ("vat", "VAT id"),
                                    ("legal", "Legal id"),
                                    ("endpoint", "Electronic address"),
                                    ("buyer_ref", "Buyer reference"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("scheme", models.CharField(blank=True, max_length=10)),
                        ("value", models.CharField(max_length=100)),
                        ("value_folded", models.CharField(max_length=400)),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="identifiers",
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
                        "indexes": [
                            models.Index(fields=["supplier", "kind", "value_folded"], name="identifier_lookup")
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("account", "kind", "scheme", "value_folded"), name="identifier_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Invitation",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("email", models.EmailField(max_length=254)),
                        ("email_folded", models.CharField(max_length=400)),
                        ("roles", models.JSONField(default=list)),
                        ("all_accounts", models.BooleanField(default=True)),
                        ("fingerprint", models.CharField(max_length=64, unique=True)),
                        ("created_at", models.DateTimeField()),
                        ("expires_at", models.DateTimeField()),
                        ("accepted_at", models.DateTimeField(null=True)),
                        ("revoked_at", models.DateTimeField(null=True)),
                        (
                            "accepted_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("accounts", models.ManyToManyField(related_name="+", to="accounts.customeraccount")),
                        (
                            "invited_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="invitations",
                                to="accounts.organisation",
                            ),
                        ),
                        ("opens", models.ManyToManyField(related_name="invitations", to="accounts.customeraccount")),
                    ],
                    options={
                        "indexes": [models.Index(fields=["organisation", "email_folded"], name="invitation_email")],
                        "constraints": [],
                    },
                ),
                migrations.CreateModel(
                    name="MailAddress",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "purpose",
                            models.CharField(
                                choices=[
                                    ("invoices", "Invoices"),
                                    ("reminders", "Reminders"),
                                    ("disputes", "Disputes"),
                                    ("remittance", "Remittance advice"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("email", models.EmailField(max_length=254)),
                        ("email_folded", models.CharField(max_length=400)),
                        ("added_at", models.DateTimeField()),
                        ("removed_at", models.DateTimeField(null=True)),
                        ("bounced_at", models.DateTimeField(null=True)),
                        ("bounce_reason", models.CharField(blank=True, max_length=300)),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="mail_addresses",
                                to="accounts.customeraccount",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("bounced_at__isnull", False), ("removed_at", None)),
                                fields=["account"],
                                name="mail_address_bounced",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("removed_at", None)),
                                fields=("account", "purpose", "email_folded"),
                                name="mail_address_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Membership",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("roles", models.JSONField(default=list)),
                        ("all_accounts", models.BooleanField(default=True)),
                        ("started_at", models.DateTimeField()),
                        ("ended_at", models.DateTimeField(null=True)),
                        (
                            "accounts",
                            models.ManyToManyField(related_name="limited_memberships", to="accounts.customeraccount"),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="memberships",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="memberships",
                                to="accounts.organisation",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("started_at", "id"),
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at", None)),
                                fields=("person", "organisation"),
                                name="membership_one_active",
                            )
                        ],
                        "indexes": [],
                    },
                ),
            ],
        ),
    ]
