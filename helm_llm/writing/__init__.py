"""The one way to write files: `write_all` and `append`. Every failure is a UsageError of one line.

A regular file is replaced at once by a complete copy that keeps mode, owner and extended attributes. Where that is not
possible (hard links, an owner we cannot give, a directory that takes no new files) it is written in place and put back
if that fails. Devices, pipes and our own descriptors (`/dev/stdout`, `/dev/fd/63`) are written to and never replaced.
"""

from helm_llm.writing.append import append
from helm_llm.writing.batch import make_directory, write_all

__all__ = ["append", "make_directory", "write_all"]
