"""A payment knows by which method it is paid, by which reference its money is known, and what came of it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workflows", "0003_mended")]

    operations = [
        migrations.RenameField("payment", "method", "means"),
        migrations.AddField("payment", "method", models.CharField(default="card", max_length=20)),
        migrations.AddField("payment", "reference", models.CharField(blank=True, default="", max_length=35)),
        migrations.AlterField("payment", "reference", models.CharField(blank=True, max_length=35)),
        migrations.AddField("payment", "received_minor", models.BigIntegerField(null=True)),
        migrations.AddField("payment", "expires_at", models.DateTimeField(null=True)),
        migrations.AddConstraint(
            "payment",
            models.UniqueConstraint(
                condition=models.Q(("reference", ""), _negated=True),
                fields=("supplier", "reference"),
                name="payment_reference",
            ),
        ),
    ]
