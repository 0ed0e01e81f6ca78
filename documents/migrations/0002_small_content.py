from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial")]

    operations = [
        migrations.AddField(model_name="storedfile", name="content", field=models.BinaryField(null=True)),
    ]
