"""Up to which day a supplier's books are closed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_discount"),
    ]

    operations = [
        migrations.AddField(
            model_name="organisation",
            name="closed_through",
            field=models.DateField(null=True),
        ),
    ]
