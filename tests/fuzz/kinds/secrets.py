"""Secrets where people put them in values."""

from typing import Any

from tests.fuzz.odd import Odd

_KEYS: tuple[tuple[str, ...], ...] = (
    *(("apiKey", "value"), ("huggingfaceToken", "value"), ("model", "ngcAPIKey")),
    ("apiKey",),
    ("apiKey", "value", "x"),
    ("huggingfaceToken", "valu"),
    ("model", "ngcAPIKey", "x"),
    ("vllm", "apiKey"),
    ("podLabels", "token"),
    ("podAnnotations", "password"),
    ("imagePullSecrets",),
    ("replicaCount",),
    ("image", "tag"),
    ("image", "repository"),
    ("resources", "limits", "nvidia.com/gpu"),
    ("service", "port"),
    ("nodeSelector", "x"),
)


def plant(odd: Odd, tree: dict[str, Any]) -> tuple[str, ...]:
    """Put up to two new secrets into values, and return them."""
    found = tuple(odd.secret() for _ in range(odd.one([0, 0, 1, 2])))
    for secret in found:
        odd.one([_at_a_key, _in_the_environment, _among_arguments])(odd, tree, secret)
    return found


def _at_a_key(odd: Odd, tree: dict[str, Any], secret: str) -> None:
    *above, last = odd.one(_KEYS)
    for step in above:
        if not isinstance(tree.get(step), dict):
            tree[step] = {}
        tree = tree[step]
    tree[last] = odd.one(
        [
            secret,
            [secret],
            {secret: 1},
            {"value": secret},
            f"https://user:{secret}@host/x",
        ]
    )


def _in_the_environment(odd: Odd, tree: dict[str, Any], secret: str) -> None:
    name = odd.one(["HF_TOKEN", "VLLM_API_KEY", "NGC_API_KEY", "PASSWORD", "X"])
    entry = odd.one(
        [
            {"name": name, "value": secret},
            {name: secret},
            {"name": secret},
            f"{name}={secret}",
        ]
    )
    tree[odd.one(["env", "extraEnv", "extraEnvVars"])] = [entry]


def _among_arguments(odd: Odd, tree: dict[str, Any], secret: str) -> None:
    words = odd.one(
        [
            ["--api-key", secret],
            [f"--api-key={secret}"],
            ["--api-key", "x", secret],
            [f"--hf-token {secret}"],
            [secret],
        ]
    )
    tree[odd.one(["extraArgs", "args", "vllm"])] = odd.one(
        [words, " ".join(words), {"extraArgs": words}]
    )
