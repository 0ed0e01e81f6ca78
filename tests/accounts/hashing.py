"""A hasher that counts: what takes time at a sign-in is hashing, so equal counts are equal times."""

from django.contrib.auth.hashers import MD5PasswordHasher

hashed: list[str] = []


class CountingHasher(MD5PasswordHasher):
    def encode(self, password: str, salt: str) -> str:
        hashed.append(salt)
        return super().encode(password, salt)
