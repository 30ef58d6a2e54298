"""The entry point of `python -m helm_llm` and of the `helm-llm` console script."""

import gc
import os
import sys
from typing import NoReturn

from helm_llm import signals

_FAILED = 3


def main() -> NoReturn:
    """Run the command line.

    Ctrl-C and other signals end it soon, with the exit code a shell expects (130, ...),
    and leave no child behind.
    """
    # Most objects live until the end. Looking for garbage among them takes a tenth of
    # the time and finds nothing.
    gc.set_threshold(2_000_000)
    _open_closed_streams()
    code = _run()
    _end_children()
    signal = signals.received()
    if signal:
        code = signal.exit_code
    # An orderly shutdown of the interpreter takes as long as a lint.
    os._exit(code)


def _run() -> int:
    try:
        signals.listen()
        from helm_llm.cli import run

        code = run(sys.argv[1:])
        return code if code == _FAILED else _flush_output(code)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of our output is gone, as in `... | head`.
        return 1
    except OSError:
        # Standard error cannot be written either.
        return _FAILED
    except BaseException:
        # The panic of a native module is not an Exception. After a signal, errors are
        # a consequence of it.
        if not signals.received():
            raise
        return _FAILED
    finally:
        # A signal may still be on its way: one that arrived during an import.
        signals.ignore()


def _flush_output(code: int) -> int:
    """Flush standard output; return the exit code, or 3 if it cannot be written."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        sys.stderr.write(f"Error: standard output: {error.strerror}\n")
        return _FAILED
    return code


def _open_closed_streams() -> None:
    """Open standard streams that are closed (`>&-`) so that writing to them fails.

    Otherwise the next file that is opened would become standard output.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is not None:
            continue
        # The opposite direction makes every read or write an error.
        null = os.open(os.devnull, os.O_RDONLY if number else os.O_WRONLY)
        if null != number:
            os.dup2(null, number)
            os.close(null)
        if number:
            stream = open(number, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
            setattr(sys, name, stream)


def _end_children() -> None:
    # A run that started no program has not imported the module.
    child = sys.modules.get("helm_llm.process.child")
    if child:
        child.terminate_all()


if __name__ == "__main__":
    main()
