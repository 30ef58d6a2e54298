"""`python -m helm_llm` and the `helm-llm` console script."""

import gc
import os
import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line; Ctrl-C ends at once with 130 and leaves no child behind."""
    gc.set_threshold(100_000)  # imports make no garbage: collecting during them is 5 ms for nothing
    try:
        from helm_llm.cli import run

        code = run(sys.argv[1:])
        sys.stdout.flush()
    except KeyboardInterrupt:
        code = 130
        _end_children()
    except BrokenPipeError:  # the reader of our output went away, as in `... | head`
        code = 1
    os._exit(code)  # taking the interpreter down in order costs as much as a lint


def _end_children() -> None:
    process = sys.modules.get("helm_llm.process")
    if process:
        process.terminate_all()


if __name__ == "__main__":
    main()
