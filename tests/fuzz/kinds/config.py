"""Configurations: right and wrong settings in .helm-llm.yaml."""

import json
from functools import lru_cache
from pathlib import PurePath
from typing import Any

from tests.fuzz import charts
from tests.fuzz.case import FAKE, Case
from tests.fuzz.kinds import options
from tests.fuzz.odd import Odd
from tests.fuzz.yaml_text import break_text, change_values, to_yaml

_WORDS = (
    "--post-renderer=./evil.sh",
    "--output-dir=pwn",
    "--debug",
    "-x",
    "--",
    "",
    "x\ny",
    "\x1b[31m",
    "\u202e",
    "../x",
    "/etc",
    "evil://x",
    "~",
    "$(touch pwned)",
    "x" * 300,
    "::error title=planted::x",
    "a,b",
    "s3:/x",
    "oci://127.0.0.1:1/x",
    "https://127.0.0.1:1/x.tgz",
)
_FILES = (
    "v.yaml",
    "*.yaml",
    "**/*.yaml",
    "../outside/secret.yaml",
    "link.yaml",
    "/dev/zero",
    "d",
    "chart",
    "[",
    "-f",
    "",
    ".",
    "..",
    "nowhere",
)


def build(odd: Odd) -> Case:
    """Build a configuration and the call that reads it."""
    chart = odd.one(charts.NAMES)
    tree = {"targets": [_target(odd) for _ in range(odd.randint(0, 2))], **_rest(odd)}
    if odd.chance(30):
        change_values(odd, tree)
    rendering = odd.chance(25)
    return Case(
        kind="config",
        arguments=(
            *odd.one(_CALLS),
            *([] if rendering else ["--no-render"]),
            *options.printing(odd),
            *options.fixing(odd, 10),
        ),
        files={
            **charts.files_of(chart),
            ".helm-llm.yaml": break_text(odd, to_yaml(tree)),
            "v.yaml": b"replicaCount: 1\nfoo: yes\n",
            "config.json": b'{"num_attention_heads": 8, "architectures": ["LlamaForCausalLM"]}',
            "b.json": b'{"version": 1, "findings": []}',
            "d/": b"",
            "evil.sh": b"#!/bin/sh\ntouch pwned\n",
        },
        links={"link.yaml": "../outside/secret.yaml", "link": "../outside"},
        helm=FAKE if rendering else "",
        edited=("v.yaml",),
    )


_CALLS: tuple[tuple[str, ...], ...] = (
    (),
    (),
    (),
    ("chart",),
    ("v.yaml",),
    ("--config=.helm-llm.yaml",),
    ("--config=v.yaml",),
    ("chart", "v.yaml"),
)


def _target(odd: Odd) -> dict[str, Any]:
    strings = ("releaseName", "namespace", "kubeVersion", "version")
    lists = ("apiVersions", "set", "setString", "setJson", "setLiteral")
    return {
        "chart": "chart" if odd.chance(80) else odd.one(_WORDS),
        "values": [
            odd.one(_FILES) if odd.chance(40) else "v.yaml"
            for _ in range(odd.randrange(3))
        ],
        **{key: odd.one(_WORDS) for key in odd.some(strings, 2)},
        **{key: [odd.one(_WORDS), "a=b"] for key in odd.some(lists, 2)},
        **({"each": [odd.one(_FILES)]} if odd.chance(20) else {}),
    }


def _rest(odd: Odd) -> dict[str, Any]:
    known = _keys()
    facts = {
        "nodes": 1,
        "gpu": "H100-80GB",
        "podSecurity": "restricted",
        "kserve": "0.19",
        "vllm": "0.11.0",
        "modelConfig": "config.json",
    }
    rest: dict[str, Any] = {
        "facts": {
            key: odd.scalar() if odd.chance(30) else facts[key]
            for key in odd.some(list(facts))
        },
        "ignore": odd.times(
            2, lambda: odd.one(["gpu-*", "schema", "nowhere", "", "*", "\x1b[31m"])
        ),
        "severity": {"schema": odd.one(["error", "info", "off", 5])},
        "failOn": odd.one(["warning", "never", "x"]),
        "baseline": odd.one(
            [
                "b.json",
                "../outside/secret.yaml",
                "link/secret.yaml",
                "d",
                "nowhere",
                *_WORDS,
            ]
        ),
    }
    return {
        key: rest.get(key, odd.tree())
        for key in odd.some(sorted({*rest, *odd.some(known, 1)}), 3)
    }


@lru_cache
def _keys() -> tuple[str, ...]:
    schema = json.loads(
        (charts.ROOT / PurePath("helm_llm/lint/config/config.schema.json")).read_text(
            "utf-8"
        )
    )
    return tuple(schema["properties"])
