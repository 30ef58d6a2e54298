"""The scripts of test pods, run here."""

import os
import subprocess
from dataclasses import dataclass
from typing import Any


@dataclass
class Result:
    code: int
    output: str


def run_script(container: dict[str, Any], **variables: str) -> Result:
    """The command of a container with its own variables and these."""
    given = {
        each["name"]: each["value"] for each in container["env"] if "value" in each
    }
    finished = subprocess.run(
        [*container["command"], *container["args"]],
        env={"PATH": os.environ["PATH"], **given, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    return Result(finished.returncode, finished.stdout + finished.stderr)
