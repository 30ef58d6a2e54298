"""`python -m helm_llm` and the `helm-llm` console script."""

import gc
import os
import sys
from typing import NoReturn

from helm_llm import signals


def main() -> NoReturn:
    """Run the command line; Ctrl-C and other signals end it soon, with 130 and the like, and leave no child behind."""
    gc.set_threshold(
        2_000_000
    )  # what is read stays: looking for garbage in it is a tenth of the time for nothing
    _open_closed_streams()
    try:
        signals.listen()
        from helm_llm.cli import run

        code = run(sys.argv[1:])
        code = code if code == _FAILED else _flushed(code)
    except KeyboardInterrupt:
        code = 130
        signals.ignore()
    except BrokenPipeError:  # the reader of our output went away, as in `... | head`
        code = 1
    except OSError:  # standard error takes nothing either
        code = _FAILED
    except BaseException:  # such as the panic of a native module, which is no Exception
        if not signals.received():
            raise
        code = _FAILED
    _end_children()
    signal = signals.received()
    code = signal.exit_code if signal else code
    os._exit(code)  # taking the interpreter down in order costs as much as a lint


_FAILED = 3


def _flushed(code: int) -> int:
    """The exit code, once everything is written."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        sys.stderr.write(f"Error: standard output: {error.strerror}\n")
        return _FAILED
    return code


def _open_closed_streams() -> None:
    """Give what was closed (`>&-`) a descriptor on which writing fails, so that no file of ours takes its number."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is not None:
            continue
        null = os.open(os.devnull, os.O_RDONLY if number else os.O_WRONLY)
        if null != number:
            os.dup2(null, number)
            os.close(null)
        if number:
            setattr(sys, name, open(number, "w", encoding="utf-8", closefd=False))  # noqa: SIM115


def _end_children() -> None:
    child = sys.modules.get("helm_llm.process.child")
    if child:
        child.terminate_all()


if __name__ == "__main__":
    main()
