"""All writing of files: `write_all` and `append`. Every failure is a UsageError of one line.

A regular file is replaced atomically by a complete copy with the same mode, owner and
extended attributes. Some files cannot be replaced: those with hard links, with an owner
that we cannot set, or in a directory that takes no new files. These are written in
place, and restored if that fails.

Devices, pipes and descriptors of this process (`/dev/stdout`, `/dev/fd/63`) are written
to and never replaced.
"""

from helm_llm.writing.append import append
from helm_llm.writing.batch import make_directory, write_all

__all__ = ["append", "make_directory", "write_all"]
