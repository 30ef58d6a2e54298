"""Names of keys, variables and flags whose values are secret."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

_HINT = re.compile(
    r"token|pass|pwd|secret|key|credential|authorization|bearer|jwt", re.IGNORECASE
)
"""A name without any of these is not secret; most names stop here."""
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def word_set(text: str) -> frozenset[str]:
    """The words of a line."""
    return frozenset(text.split())


_SECRET = word_set(
    "password passwords passwd passphrase passcode pwd token credential credentials authorization bearer jwt"
)
_JOINED = re.compile(
    r"(?:password|passwd|passphrase|token|(?:api|auth|access|hf)tokens|(?:api|access|secret|private)keys?)$"
)
"""Ends of names that are written without capitals and separators: `ngcapikey`."""
_KEYS_OF = word_set(
    "api access account admin auth aws azure client deploy encryption hf hmac license licence master ngc nvidia openai "
    "private root secret service session shared signing ssh ssl storage tls"
)
_NOT_KEYS_OF = word_set(
    "public primary foreign partition sort cache lookup topology label"
)
_SECRETS_OF = word_set(
    "client shared app signing jwt cookie session webhook hmac oauth user"
)
"""`clientSecret` is secret, but `ngcAPISecret` is the name of a Kubernetes Secret."""
_TOKENS_OF = word_set("api auth access bearer refresh hf bot")
_NOT_TOKENS_OF = word_set(
    "account eos bos pad unk sep cls mask stop start end max min per num long image special added next"
)

_REFERENCE = re.compile(
    r"existing.*|.*(?:name|names|namespace|ref|refs|class|path|dir|file|mount)|from|enabled|create|type|kind|optional"
    r"|annotations|labels|items|.*mode|version|immutable",
    re.IGNORECASE,
)
"""Keys below `apiKey` or `secret` that refer to a secret without containing it."""
_NAME_OF_A_KEY = re.compile(r"[a-z0-9]([-a-z0-9.]{0,40}[a-z0-9])?|[A-Z][A-Z0-9_]{0,60}")


@lru_cache(maxsize=8192)
def is_secret_name(name: str) -> bool:
    """Whether values with this name are secret: `apiKey`, `HF_TOKEN`, `--hf-token`."""
    if len(name) > 200 or not _HINT.search(name):
        return False
    words = [word.lower() for word in _WORD.findall(name)]
    if not words or words[0] == "existing":
        return False
    *before, last = words
    owner = ""
    if before:
        owner = before[-1]
    loud = name.isupper()
    if last in ("key", "keys"):
        return _is_key(before, owner, loud=loud)
    if last in ("secret", "secrets"):
        if not before or owner in _SECRETS_OF:
            return True
        # IMAGE_PULL_SECRET is the name of a Kubernetes Secret.
        return loud and owner != "pull"
    if last == "tokens":
        return owner in _TOKENS_OF
    if last == "token":
        return owner not in _NOT_TOKENS_OF
    return last in _SECRET or bool(_JOINED.search("".join(words)))


def _is_key(before: list[str], owner: str, *, loud: bool) -> bool:
    """Whether a name that ends in `key` is secret: `apiKey`, `NGC_KEY`.

    `ngcAPISecretKey` is not, because it names a key of a Secret, nor is `topologyKey`.
    """
    if not before or owner in _NOT_KEYS_OF:
        return False
    if owner == "secret" and len(before) > 1 and not loud:
        return False
    if loud or owner in _KEYS_OF:
        return True
    joined = "".join([*before, "key"])
    return bool(_JOINED.search(joined))


def is_reference(key: str, value: object) -> bool:
    """Whether a key below a secret key refers to the secret: `existingSecret`, `name`."""
    if key.lower() == "key":
        if not isinstance(value, str) or not value:
            return True
        return bool(_NAME_OF_A_KEY.fullmatch(value))
    return bool(_REFERENCE.fullmatch(key))


def is_secret_path(path: Iterable[str | int]) -> bool:
    """Whether a value at this path is secret.

    One of its keys is a secret name, and no key below it is a reference.
    """
    secret = False
    for key in path:
        if isinstance(key, str):
            if is_secret_name(key):
                secret = True
            elif is_reference(key, ""):
                secret = False
    return secret
