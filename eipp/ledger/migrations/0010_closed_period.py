"""Closed periods: nothing is posted in them any more."""

import django.db.models.deletion
from django.db import migrations, models

import eipp.kernel.record
from eipp.kernel import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_closed_period"),
        ("ledger", "0009_write_off"),
    ]

    operations = [
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
            ],
        ),
        migrations.AddField(
            model_name="closedperiod",
            name="supplier",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="closed_periods", to="accounts.organisation"
            ),
        ),
        migrations.AddConstraint(
            model_name="closedperiod",
            constraint=models.UniqueConstraint(fields=("supplier", "through"), name="closed_period_once"),
        ),
        append_only.Guard("ledger_closedperiod"),
    ]
