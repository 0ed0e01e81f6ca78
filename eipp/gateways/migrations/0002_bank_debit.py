"""A debit of a bank account, and when it turns."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("gateways", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="sandboxcharge",
            name="debited_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="sandboxcharge",
            name="method",
            field=models.CharField(default="card", max_length=20),
        ),
        migrations.AddField(
            model_name="sandboxcharge",
            name="turns_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="sandboxcharge",
            index=models.Index(
                condition=models.Q(("turns_at__isnull", False)), fields=["turns_at"], name="sandbox_turns"
            ),
        ),
    ]
