"""`python -m helm_llm` and the `helm-llm` console script."""

import os
import sys


def main() -> None:
    """Run the command line; Ctrl-C ends at once with 130 and leaves no child behind."""
    try:
        from helm_llm.cli import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:
        code = _interrupted()
    except BrokenPipeError:  # the reader of our output went away, as in `... | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    sys.exit(code)


def _interrupted() -> int:
    process = sys.modules.get("helm_llm.process")
    if process:
        process.terminate_all()
    sys.stdout.flush()
    os._exit(130)


if __name__ == "__main__":
    main()
