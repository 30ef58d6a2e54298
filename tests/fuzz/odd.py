"""The seeded random source of all choices, which prefers odd values."""

import random
import string
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

T = TypeVar("T")


class Raw(str):
    """YAML that is written unchanged instead of quoted."""

    __slots__ = ()


RAW_SCALARS = [
    "",
    "~",
    "null",
    "true",
    "yes",
    "y",
    "N",
    "on",
    "=",
    "<<",
    "-",
    "?",
    ":",
    "@x",
    "`x`",
    "%x",
    "|",
    ">-",
    "!",
    "!!",
    "!x y",
    "0",
    "-1",
    "+5",
    "017",
    "08",
    "0o17",
    "0x1F",
    "0b11",
    "1_000",
    "1e3",
    "1E400",
    "-1e400",
    ".5",
    "5.",
    ".inf",
    "-.Inf",
    ".nan",
    "9007199254740993",
    "9" * 30,
    "-" + "9" * 400,
    "1" + "0" * 5000,
    "1e+999",
    "10:30",
    "190:20:30",
    "0.1e-400",
    "2024-02-30",
    "2024-01-01",
    "2001-12-14t21:59:43.10-05:00",
    "!!int abc",
    "!!float x",
    "!!binary =",
    "!!binary aGk=",
    "!!set {a}",
    "!!python/object/apply:os.system ['touch pwned']",
    "!!python/name:os.system",
    "!!timestamp x",
    "!!omap [a: 1]",
    "!!null x",
    "*nowhere",
    "&a *a",
    "&a [*a]",
    "{a: *a}",
    "{<<: 1}",
    "{<<: [1]}",
    "{? [a, b] : c}",
    "{? {a: b} : c}",
    "{a: 1, a: 2}",
    "[",
    "]",
    "{",
    "}",
    "[}",
    "'",
    '"',
    '"\\',
    '"\\x',
    '"\\ud800"',
    '"\\0"',
    '"\\e[31mred\\e[0m"',
    '"\\u202egnp"',
    '"\\x9b31m"',
    '"\\n::error title=planted::x"',
    '"\\r::stop-commands::x"',
    "$(id)",
    "${HOME}",
    "{{ .Values }}",
    "{{",
    "#",
    " # x",
    "a: b",
    "- a",
]

TEXTS = [
    "",
    " ",
    "x",
    "latest",
    "0",
    "null",
    "a/b",
    "../x",
    "/etc/passwd",
    "-x",
    "--debug",
    "--post-renderer=./evil.sh",
    "~",
    "*",
    "**/*",
    "evil://x",
    "s3:/x",
    "oci://x/y",
    "http://127.0.0.1:9/x",
    "http://user:pass@127.0.0.1:9/x",
    "file:///etc/passwd",
    "a,b",
    'a"b',
    "a=b",
    "\x1b[31mred",
    "\x1b]8;;http://x\x07y",
    "\x1b]0;title\x07",
    "\x07\x08\x0c",
    "\x9b31m",
    "\u202egnp.exe",
    "\u2066x\u2069",
    "\ufeff",
    "\n::error title=planted::x",
    "\r\n::add-mask::x",
    "%0A::error::x",
    "]]>",
    "<!--",
    "&amp;",
    "</testsuite>",
    "\\",
    "\\n",
    "%s%n",
    "{0}",
    "é",
    "\uff41",
    "💥",
    "e\u0301" * 50,
    "\u0000",
    "\ufffe",
    "\u2028",
    "\x85",
    "\x7f",
    "x" * 5000,
    "a.b",
    "a[0]",
    "a\\.b",
    "1e3",
    "y",
    "<<",
    "=",
    "1Gi",
    "1e400Gi",
    "-1Gi",
    "0",
    "100%",
    "999999999999999999999999",
    "nvidia.com/gpu",
    "v1",
    "H100-80GB",
    "80GB",
    "1" * 400,
]

NUMBERS: list[Any] = [
    0,
    1,
    -1,
    2,
    3,
    8,
    65535,
    65536,
    2**31,
    2**53 + 1,
    2**63,
    10**30,
    1.5,
    -0.0,
    1e-9,
    1e300,
    True,
    False,
    None,
]

LETTERS = string.ascii_letters + string.digits


class Odd(random.Random):
    """A random source with the choices that the kinds share."""

    def one(self, things: Sequence[T]) -> T:
        """Return one of several values."""
        return things[self.randrange(len(things))]

    def chance(self, percent: int) -> bool:
        """Return True with this probability."""
        return self.randrange(100) < percent

    def some(self, things: Sequence[T], most: int = 3) -> list[T]:
        """Return up to `most` of several values, in their order."""
        count = min(len(things), self.randint(0, most))
        picked = self.sample(range(len(things)), count)
        return [things[index] for index in sorted(picked)]

    def times(self, most: int, make: Callable[[], T]) -> list[T]:
        """Return up to `most` new values."""
        return [make() for _ in range(self.randint(0, most))]

    def text(self) -> str:
        """Return odd text, or letters."""
        if self.chance(70):
            return self.one(TEXTS)
        letters = LETTERS + " .-_/:=,\"'\\"
        return "".join(self.one(letters) for _ in range(self.randint(1, 12)))

    def name(self) -> str:
        """Return a file name that is odd but possible."""
        usual = [
            "v",
            "prod",
            "a b",
            "-f",
            "--debug",
            "evil:x",
            "a,b",
            'q"q',
            "\x1b[31m",
            "\u202ex",
            "x\ny",
            "::error::x",
            "é",
            "$(id)",
            "%0a",
        ]
        return self.one(usual)

    def secret(self) -> str:
        """Return a new secret in the form of a Hugging Face token."""
        return "hf_" + "".join(self.one(LETTERS) for _ in range(34))

    def scalar(self) -> Any:
        """Return a scalar, or raw YAML in its place."""
        which = self.randrange(4)
        if which == 0:
            return self.one(NUMBERS)
        if which == 1:
            return Raw(self.one(RAW_SCALARS))
        return self.text()

    def tree(self, depth: int = 3) -> Any:
        """Return nested maps, lists and scalars."""
        which = self.randrange(4) if depth else 0
        if which == 1:
            return [self.tree(depth - 1) for _ in range(self.randrange(4))]
        if which >= 2:
            return {self.key(): self.tree(depth - 1) for _ in range(self.randrange(4))}
        return self.scalar()

    def key(self) -> str:
        """Return a key for a map."""
        usual = [
            "image",
            "resources",
            "vllm",
            "model",
            "env",
            "name",
            "value",
            "spec",
            "metadata",
            "global",
            "enabled",
            "replicaCount",
        ]
        return self.text() if self.chance(30) else self.one(usual)

    def garbage(self) -> bytes:
        """Return random bytes."""
        return bytes(self.randrange(256) for _ in range(self.randint(0, 200)))
