"""What must never happen, for any input."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

from tests.fuzz.case import Case
from tests.fuzz.runner import MEGABYTES, SECONDS, Outcome
from tests.fuzz.sandbox import OUTSIDE


@dataclass(frozen=True)
class Complaint:
    """One fault in a run. Equal complaints are counted together."""

    sort: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.sort}: {self.detail}" if self.detail else self.sort


def complaints(case: Case, outcome: Outcome) -> list[Complaint]:
    """Return everything that is wrong with a run."""
    return [complaint for judge in _JUDGES for complaint in judge(case, outcome)]


def _traceback(_: Case, outcome: Outcome) -> Iterator[Complaint]:
    if "Traceback (most recent call last)" in outcome.err:
        yield Complaint("traceback", location(outcome.err))


def _code(case: Case, outcome: Outcome) -> Iterator[Complaint]:
    if outcome.code == 3 and not case.tool_fails:
        yield Complaint("exit code 3", _reason(outcome.err))
    elif outcome.code == 3 and "bug in helm-llm" in outcome.err:
        yield Complaint("bug in helm-llm", _reason(outcome.err))
    elif outcome.code not in (0, 1, 2, 3) and not outcome.stack:
        yield Complaint(f"exit code {outcome.code}", _reason(outcome.err))


def _time(_: Case, outcome: Outcome) -> Iterator[Complaint]:
    if outcome.seconds > SECONDS or outcome.stack:
        yield Complaint(f"more than {SECONDS} s", _innermost(outcome.stack))


def _memory(_: Case, outcome: Outcome) -> Iterator[Complaint]:
    if outcome.megabytes > MEGABYTES:
        yield Complaint(f"more than {MEGABYTES} MB")


def _children(_: Case, outcome: Outcome) -> Iterator[Complaint]:
    if outcome.children:
        yield Complaint(
            "remaining child", outcome.children[0].split(" ")[0].rpartition("/")[2]
        )


def _secrets(case: Case, outcome: Outcome) -> Iterator[Complaint]:
    texts = {"standard output": outcome.out, "standard error": outcome.err}
    for name, content in outcome.changed.items():
        if content is not None and not _is_edited(case, name):
            texts["a written file"] = texts.get("a written file", "") + content.decode(
                "utf-8", "replace"
            )
    for place, text in texts.items():
        for secret in (*case.secrets, OUTSIDE):
            if secret in text:
                what = "text from outside" if secret == OUTSIDE else "a secret"
                yield Complaint(f"{what} in {place}", _rule_near(secret, text))


def _files(case: Case, outcome: Outcome) -> Iterator[Complaint]:
    allowed = {f"checkout/{name}" for name in (*case.outputs, *case.edited)}
    for name, content in outcome.changed.items():
        if name not in allowed:
            where = "in" if name.startswith("checkout/") else "outside of"
            how = "removed or created" if content is None else "written"
            if "tmp" in name:
                # The names of temporary files are random.
                name = re.sub(r"[a-z0-9_]{8}", "*", name)
            yield Complaint(f"a file {where} the checkout was {how}", name)


_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_BIDIRECTIONAL = re.compile(
    "[\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]"
)
_COLOR = re.compile(r"\x1b\[[0-9;]*m")
_COMMAND = re.compile(
    r"^\s*::(?:error|warning|notice|debug|group|add-mask|stop-commands|set-output)\b.*",
    re.MULTILINE,
)


def _characters(case: Case, outcome: Outcome) -> Iterator[Complaint]:
    for place, text in (("output", outcome.out), ("error output", outcome.err)):
        # A diff shows the line ends of the user's file.
        shown = text.replace("\r\n", "\n")
        if case.environment.get("FORCE_COLOR"):
            shown = _COLOR.sub("", shown)
        if found := _CONTROL.search(shown):
            yield Complaint(
                f"a raw control character in the {place}", _rule_near(found[0], shown)
            )
        is_report = place == "output" and _format(case) in _MACHINES
        if not is_report and (found := _BIDIRECTIONAL.search(shown)):
            yield Complaint(
                f"a raw bidirectional character in the {place}",
                _rule_near(found[0], shown),
            )


def _commands(case: Case, outcome: Outcome) -> Iterator[Complaint]:
    texts = [outcome.err] if _format(case) == "github" else [outcome.err, outcome.out]
    if any(map(_COMMAND.search, texts)) or re.search(
        r"^\s*::(error title=planted|add-mask|stop-commands)", outcome.out, re.MULTILINE
    ):
        yield Complaint("a workflow command")


def _reports(case: Case, outcome: Outcome) -> Iterator[Complaint]:
    read = _MACHINES.get(_format(case))
    if (
        read is None
        or outcome.code not in (0, 1)
        or not outcome.out
        or not _NO_REPORT.isdisjoint(case.arguments)
    ):
        return
    try:
        read(outcome.out)
    except (ValueError, ElementTree.ParseError) as error:
        yield Complaint(f"an invalid {_format(case)} report", type(error).__name__)


_MACHINES: dict[str, Callable[[str], object]] = {
    "json": json.loads,
    "sarif": json.loads,
    "junit": ElementTree.fromstring,
}


_NO_REPORT = frozenset({"--diff", "-h", "--help"})


def _format(case: Case) -> str:
    """Return the format of the standard output."""
    named = [
        word.partition("=")[2]
        for word in case.arguments
        if word.startswith("--format=")
    ]
    return next((name for name in named if "=" not in name), "text")


def _is_edited(case: Case, name: str) -> bool:
    return name.removeprefix("checkout/") in case.edited


def location(text: str) -> str:
    """Return the innermost line of helm_llm in a traceback, and the exception."""
    places = re.findall(r'File "[^"]*/helm_llm/([^"]+)", line (\d+), in (\w+)', text)
    last = [
        line
        for line in text.strip().splitlines()
        if re.match(r"[\w.]+(Error|Exception|Interrupt)\b", line)
    ]
    exception = last[-1].partition(":")[0] if last else "?"
    if not places:
        return exception
    file, line, function = places[-1]
    return f"{file}:{line} {function} {exception}"


def _innermost(stack: str) -> str:
    place = re.search(r'File "[^"]*/helm_llm/([^"]+)", line (\d+) in (\w+)', stack)
    return f"{place[1]} {place[3]}" if place else ""


def _reason(text: str) -> str:
    """Return the last line, without the parts that differ from input to input."""
    line = (text.strip().splitlines() or ["no message"])[-1]
    return re.sub(r"['\"`].*|/\S+|\d{3,}.*", "...", line)[:100]


def _rule_near(wanted: str, text: str) -> str:
    """Return the rule whose finding contains the text; "" if there is none."""
    above = text[: text.find(wanted) + 1]
    rules = re.findall(r"(?:error|warning|info)\[([a-z-]+)\]", above)
    return f"near {rules[-1]}" if rules else ""


Judge = Callable[[Case, Outcome], Iterator[Complaint]]
_JUDGES: tuple[Judge, ...] = (
    _traceback,
    _code,
    _time,
    _memory,
    _children,
    _secrets,
    _files,
    _characters,
    _commands,
    _reports,
)
