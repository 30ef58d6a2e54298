"""What all our JUnit reports share."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TextIO

from helm_llm.masking import clean as printable

__all__ = ["printable", "write_xml"]


def write_xml(root: ET.Element, out: TextIO) -> None:
    """Write a document, indented."""
    ET.indent(root)
    out.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    out.write(ET.tostring(root, encoding="unicode") + "\n")
