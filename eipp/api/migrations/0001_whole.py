"""All of this app's tables as they are now, for a new database; an older one takes the steps that this replaces."""

from django.db import migrations, models

import eipp.kernel.record
import eipp.kernel.together


class Migration(migrations.Migration):
    replaces = [("api", "0001_initial")]

    initial = True

    dependencies = []

    operations = [
        eipp.kernel.together.Together(
            models=[
                migrations.CreateModel(
                    name="IdempotencyKey",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("organisation_id", models.UUIDField()),
                        ("route", models.CharField(max_length=200)),
                        ("key", models.CharField(max_length=255)),
                        ("asked", models.CharField(max_length=64)),
                        ("holder", models.UUIDField()),
                        ("leased_until", models.DateTimeField()),
                        ("created_at", models.DateTimeField(db_index=True)),
                        ("status", models.SmallIntegerField(null=True)),
                        ("headers", models.JSONField(default=dict)),
                        ("answer", models.TextField(default="")),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organisation_id", "route", "key"), name="idempotency_key_once"
                            )
                        ],
                        "indexes": [],
                    },
                ),
            ],
        ),
    ]
