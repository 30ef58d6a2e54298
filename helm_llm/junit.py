"""What every JUnit report of ours has in common."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import TextIO

_UNPRINTABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def printable(text: str) -> str:
    """XML holds no control characters; the colours of a log, and values files, do."""
    return _UNPRINTABLE.sub("", text)


def write(root: ET.Element, out: TextIO) -> None:
    """Print the document, indented."""
    ET.indent(root)
    out.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    out.write(ET.tostring(root, encoding="unicode") + "\n")
