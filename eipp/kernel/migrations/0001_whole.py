"""All of this app's tables as they are now, for a new database; an older one takes the steps that this replaces."""

from django.db import migrations, models

import eipp.kernel.append_only
import eipp.kernel.together


class Migration(migrations.Migration):
    replaces = [("kernel", "0001_initial"), ("kernel", "0002_append_only")]

    initial = True

    dependencies = []

    operations = [
        eipp.kernel.together.Together(
            models=[
                migrations.CreateModel(
                    name="Bookmark",
                    fields=[
                        ("name", models.CharField(max_length=100, primary_key=True, serialize=False)),
                        ("position", models.BigIntegerField(default=0)),
                        ("attempts", models.IntegerField(default=0)),
                        ("retry_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "indexes": [],
                        "constraints": [],
                    },
                ),
                migrations.CreateModel(
                    name="Event",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        ("name", models.CharField(max_length=60)),
                        ("occurred_at", models.DateTimeField()),
                        ("recorded_at", models.DateTimeField(db_index=True)),
                        ("actor_kind", models.CharField(max_length=10)),
                        ("actor_id", models.UUIDField(null=True)),
                        ("actor_side", models.CharField(max_length=10)),
                        ("actor_organisation_id", models.UUIDField(null=True)),
                        ("on_behalf_of_id", models.UUIDField(null=True)),
                        ("via", models.CharField(max_length=10)),
                        ("request_id", models.CharField(blank=True, max_length=64)),
                        ("supplier_id", models.UUIDField(null=True)),
                        ("buyer_id", models.UUIDField(null=True)),
                        ("account_id", models.UUIDField(null=True)),
                        ("subject_kind", models.CharField(max_length=40)),
                        ("subject_id", models.UUIDField()),
                        ("before", models.CharField(blank=True, max_length=30)),
                        ("after", models.CharField(blank=True, max_length=30)),
                        ("internal", models.BooleanField(default=False)),
                        ("data", models.JSONField(default=dict)),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["supplier_id", "-id"], name="event_supplier"),
                            models.Index(fields=["buyer_id", "-id"], name="event_buyer"),
                        ],
                        "constraints": [],
                    },
                ),
                migrations.CreateModel(
                    name="EventSubject",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("event_id", models.BigIntegerField()),
                        ("kind", models.CharField(max_length=40)),
                        ("object_id", models.UUIDField()),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["kind", "object_id", "event_id"], name="event_subject_timeline"),
                            models.Index(fields=["event_id"], name="event_subject_event"),
                        ],
                        "constraints": [],
                    },
                ),
                migrations.CreateModel(
                    name="Lease",
                    fields=[
                        ("name", models.CharField(max_length=60, primary_key=True, serialize=False)),
                        ("holder", models.CharField(blank=True, max_length=32)),
                        ("until", models.DateTimeField(null=True)),
                    ],
                    options={
                        "indexes": [],
                        "constraints": [],
                    },
                ),
                migrations.CreateModel(
                    name="NumberRange",
                    fields=[
                        ("name", models.CharField(max_length=120, primary_key=True, serialize=False)),
                        ("last", models.BigIntegerField(default=0)),
                    ],
                    options={
                        "indexes": [],
                        "constraints": [],
                    },
                ),
                migrations.CreateModel(
                    name="RelayFailure",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("relay", models.CharField(max_length=100)),
                        ("position", models.BigIntegerField()),
                        ("event_id", models.BigIntegerField()),
                        ("error", models.TextField()),
                        ("failed_at", models.DateTimeField()),
                    ],
                    options={
                        "indexes": [],
                        "constraints": [],
                    },
                ),
                migrations.CreateModel(
                    name="Seal",
                    fields=[
                        ("position", models.BigIntegerField(primary_key=True, serialize=False)),
                        ("event_id", models.BigIntegerField(unique=True)),
                        ("supplier_id", models.UUIDField(null=True)),
                        ("previous_hash", models.CharField(max_length=64)),
                        ("hash", models.CharField(max_length=64)),
                        ("sealed_at", models.DateTimeField()),
                    ],
                    options={
                        "indexes": [models.Index(fields=["supplier_id", "-position"], name="seal_chain")],
                        "constraints": [],
                    },
                ),
            ],
        ),
        eipp.kernel.append_only.Guard(
            table="kernel_event",
        ),
        eipp.kernel.append_only.Guard(
            table="kernel_eventsubject",
        ),
        eipp.kernel.append_only.Guard(
            table="kernel_seal",
        ),
    ]
