"""Write tests/data/kserve-schemas.json: what the CRDs of KServe releases say about the objects of charts/kserve-vllm.

    python ci/kserve/write_schemas.py [OUTPUT]

The CRDs come from the Go module, 60 MB a release, which `go mod download` keeps outside of the checkout. They become
JSON schemas that refuse unknown keys wherever the API server would drop them. Equal parts stand once.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

Schema = dict[str, Any]

OUTPUT = Path(__file__).parents[2] / "tests" / "data" / "kserve-schemas.json"
RELEASES = ("0.14.1", "0.15.2", "0.20.0")
"""The oldest that the chart supports, the oldest for several nodes, the newest."""
KINDS = {
    "InferenceService": ("inferenceservices", "v1beta1"),
    "ServingRuntime": ("servingruntimes", "v1alpha1"),
}
KEPT = ("type", "enum", "required", "pattern", "minimum", "maximum")
WORTH_SHARING = 60
"""Characters; a reference takes about thirty."""


def crds(release: str) -> Path:
    """The directory of a release's CRDs."""
    command = ["go", "mod", "download", "-json", f"github.com/kserve/kserve@v{release}"]
    module = json.loads(
        subprocess.run(command, stdout=subprocess.PIPE, cwd="/", check=True).stdout
    )
    return Path(module["Dir"], "config", "crd", "full")


def read(directory: Path, plural: str, version: str) -> Schema:
    """What users write of one kind: all but its status."""
    text = (directory / f"serving.kserve.io_{plural}.yaml").read_text("utf-8")
    versions = yaml.load(text, yaml.CSafeLoader)["spec"]["versions"]
    (schema,) = (
        each["schema"]["openAPIV3Schema"]
        for each in versions
        if each["name"] == version
    )
    schema["properties"].pop("status", None)
    return closed(schema)


def closed(structural: Mapping[str, Any]) -> Schema:
    """A structural schema as JSON schema, without its descriptions."""
    schema = {key: structural[key] for key in KEPT if key in structural}
    if structural.get("x-kubernetes-int-or-string"):
        schema["type"] = ["integer", "string"]
    if "items" in structural:
        schema["items"] = closed(structural["items"])
    if isinstance(structural.get("additionalProperties"), Mapping):
        schema["additionalProperties"] = closed(structural["additionalProperties"])
    if "properties" in structural:
        schema["properties"] = {
            key: closed(below) for key, below in structural["properties"].items()
        }
        schema["additionalProperties"] = structural.get(
            "x-kubernetes-preserve-unknown-fields", False
        )
    return schema


class Definitions:
    """The schemas that stand in a tree more than once, by number."""

    def __init__(self, tree: Any) -> None:
        self.seen: Counter[str] = Counter()
        self.numbers: dict[str, str] = {}
        self.schemas: dict[str, Any] = {}
        self._count(tree)

    def _count(self, node: Any) -> None:
        if not isinstance(node, dict):
            return
        text = json.dumps(node)
        self.seen[text] += len(text) > WORTH_SHARING and "type" in node
        if self.seen[text] < 2:
            for below in node.values():
                self._count(below)

    def shared(self, node: Any) -> Any:
        """The tree with references to what is shared."""
        if not isinstance(node, dict):
            return node
        text = json.dumps(node)
        if self.seen[text] < 2:
            return {key: self.shared(below) for key, below in node.items()}
        if text not in self.numbers:
            number = self.numbers[text] = str(len(self.numbers))
            self.schemas[number] = {
                key: self.shared(below) for key, below in node.items()
            }
        return {"$ref": f"#/definitions/{self.numbers[text]}"}


def main(output: Path) -> None:
    schemas = {
        release: {kind: read(directory, *where) for kind, where in KINDS.items()}
        for release, directory in ((release, crds(release)) for release in RELEASES)
    }
    definitions = Definitions(schemas)
    releases = definitions.shared(schemas)
    document = {"releases": releases, "definitions": definitions.schemas}
    output.write_text(json.dumps(document, separators=(",", ":")) + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else OUTPUT)
