"""Bookings: what the supplier's ERP says of each event about money."""

import django.db.models.deletion
from django.db import migrations, models

import eipp.kernel.record


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_sign_in"),
        ("workflows", "0007_claim"),
    ]

    operations = [
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
            },
        ),
    ]
