"""All of this app's tables as they are now, for a new database; an older one takes the steps that this replaces."""

import django.db.models.deletion
from django.db import migrations, models

import documents.store
import eipp.kernel.record
import eipp.kernel.together


class Migration(migrations.Migration):
    replaces = [("documents", "0001_initial"), ("documents", "0002_small_content")]

    initial = True

    dependencies = []

    operations = [
        eipp.kernel.together.Together(
            models=[
                migrations.CreateModel(
                    name="StoredFile",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("owner_id", models.UUIDField(null=True)),
                        ("uploader_kind", models.CharField(max_length=10)),
                        ("uploader_id", models.UUIDField(null=True)),
                        ("name", models.CharField(max_length=120)),
                        ("content_type", models.CharField(max_length=100)),
                        ("size", models.BigIntegerField()),
                        ("sha256", models.CharField(blank=True, max_length=64)),
                        ("purpose", models.CharField(max_length=20)),
                        ("incoming_key", models.CharField(blank=True, max_length=60)),
                        ("key", models.CharField(default=documents.store.new_key, max_length=60, unique=True)),
                        ("begun_at", models.DateTimeField()),
                        ("uploaded_at", models.DateTimeField(null=True)),
                        ("checked_at", models.DateTimeField(null=True)),
                        (
                            "verdict",
                            models.CharField(
                                choices=[("pending", "being checked"), ("clean", "checked"), ("refused", "refused")],
                                default="pending",
                                max_length=10,
                            ),
                        ),
                        ("reason", models.CharField(blank=True, max_length=200)),
                        ("content", models.BinaryField(null=True)),
                    ],
                    options={
                        "indexes": [models.Index(fields=["verdict", "begun_at"], name="file_unfinished")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("checked_at", None), ("verdict", "pending")),
                                    models.Q(
                                        models.Q(("verdict", "pending"), _negated=True), ("checked_at__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="file_verdict_has_its_time",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FileLink",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=eipp.kernel.record.uuid7, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("kind", models.CharField(max_length=40)),
                        ("object_id", models.UUIDField()),
                        ("supplier_id", models.UUIDField(null=True)),
                        ("buyer_id", models.UUIDField(null=True)),
                        ("account_id", models.UUIDField(null=True)),
                        ("internal", models.BooleanField(default=False)),
                        ("linked_at", models.DateTimeField()),
                        (
                            "file",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="links",
                                to="documents.storedfile",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["kind", "object_id"], name="file_link_row")],
                        "constraints": [
                            models.UniqueConstraint(fields=("file", "kind", "object_id"), name="file_linked_once")
                        ],
                    },
                ),
            ],
        ),
    ]
