"""Several due dates of one invoice, with what is open of each."""

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

import eipp.kernel.record


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0013_deposit_for_order"),
    ]

    operations = [
        migrations.AddField(
            model_name="invoice",
            name="due_count",
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="invoice",
            name="due_plan",
            field=models.JSONField(default=list),
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="instalments", to="ledger.invoice"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("open_minor__gt", 0)), fields=["due_date"], name="instalment_open")
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
    ]
