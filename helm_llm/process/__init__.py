"""Child processes.

completed  exit code and outputs of a finished process, and the errors of this package
child      starting a process, and ending it with everything it started
pipes      reading and feeding the pipes of a process
running    run a program, or start it and collect its result later
ahead      a queue of programs, some of them started in advance
server     a program that runs until we end it, such as `kubectl proxy`

Every child leads its own session. It ends together with everything it started: when
the child itself ends, at its deadline, when it prints too much, and in `terminate_all`.
"""

from helm_llm.process.ahead import Ahead
from helm_llm.process.child import terminate_all
from helm_llm.process.completed import (
    CommandFailed,
    Completed,
    PrintedTooMuch,
    TimedOut,
    ToolMissing,
)
from helm_llm.process.running import SECONDS, Running, run, start

# ServerProcess is missing here: only the harness needs it, and a lint starts faster
# without it.
__all__ = [
    "SECONDS",
    "Ahead",
    "CommandFailed",
    "Completed",
    "PrintedTooMuch",
    "Running",
    "TimedOut",
    "ToolMissing",
    "run",
    "start",
    "terminate_all",
]
