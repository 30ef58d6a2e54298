"""Write tests/data/kserve-schemas.json: schemas for the objects of charts/kserve-vllm.

    python ci/kserve/write_schemas.py [OUTPUT]

They come from the CRDs in KServe's Go module. `go mod download` keeps 60 MB per release
outside the checkout. The API server drops unknown keys, but these schemas refuse them.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TypeAlias

import yaml

Json: TypeAlias = "Schema | list[Json] | str | int | float | bool | None"
Schema: TypeAlias = "dict[str, Json]"

OUTPUT = Path(__file__).parents[2] / "tests" / "data" / "kserve-schemas.json"
RELEASES = ("0.14.1", "0.15.2", "0.20.0")
"""The oldest that the chart supports, the oldest with several nodes, the newest."""
KINDS = {
    "InferenceService": ("inferenceservices", "v1beta1"),
    "ServingRuntime": ("servingruntimes", "v1alpha1"),
}
KEPT = ("type", "enum", "required", "pattern", "minimum", "maximum")
WORTH_SHARING = 60
"""Length in characters from which a reference, which has about thirty, is shorter."""


def crd_directory(release: str) -> Path:
    """Return the directory of a release's CRDs."""
    command = ["go", "mod", "download", "-json", f"github.com/kserve/kserve@v{release}"]
    # Outside the checkout, whose directory has no go.mod.
    download = subprocess.run(command, stdout=subprocess.PIPE, cwd="/", check=True)
    return Path(json.loads(download.stdout)["Dir"], "config", "crd", "full")


def read_schema(directory: Path, plural: str, version: str) -> Schema:
    """Return the schema of one kind, without the status, which users do not write."""
    text = (directory / f"serving.kserve.io_{plural}.yaml").read_text("utf-8")
    for each in yaml.load(text, yaml.CSafeLoader)["spec"]["versions"]:
        if each["name"] == version:
            schema: Schema = each["schema"]["openAPIV3Schema"]
            properties = schema["properties"]
            assert isinstance(properties, dict)
            properties.pop("status", None)
            return json_schema(schema)
    sys.exit(f"{directory}: {plural} has no version {version}")


def json_schema(structural: Schema) -> Schema:
    """Return a structural schema as JSON schema, without its descriptions."""
    schema = {key: structural[key] for key in KEPT if key in structural}
    if structural.get("x-kubernetes-int-or-string"):
        schema["type"] = ["integer", "string"]
    for key in ("items", "additionalProperties"):
        below = structural.get(key)
        if isinstance(below, dict):
            schema[key] = json_schema(below)
    properties = structural.get("properties")
    if isinstance(properties, dict):
        closed: Schema = {}
        for name, below in properties.items():
            assert isinstance(below, dict)
            closed[name] = json_schema(below)
        schema["properties"] = closed
        schema["additionalProperties"] = structural.get(
            "x-kubernetes-preserve-unknown-fields", False
        )
    return schema


class Definitions:
    """Numbered schemas that occur more than once in a tree."""

    def __init__(self, tree: Json) -> None:
        self.seen: Counter[str] = Counter()
        self.numbers: dict[str, str] = {}
        self.schemas: Schema = {}
        self._count(tree)

    def _count(self, node: Json) -> None:
        if not isinstance(node, dict):
            return
        text = json.dumps(node)
        if len(text) > WORTH_SHARING and "type" in node:
            self.seen[text] += 1
        if self.seen[text] < 2:
            for below in node.values():
                self._count(below)

    def with_references(self, node: Json) -> Json:
        """Return the tree with references to the numbered schemas."""
        if not isinstance(node, dict):
            return node
        text = json.dumps(node)
        if self.seen[text] < 2:
            return self._below(node)
        if text not in self.numbers:
            # The number is taken first: the parts of a schema get higher ones.
            number = self.numbers[text] = str(len(self.numbers))
            self.schemas[number] = self._below(node)
        return {"$ref": f"#/definitions/{self.numbers[text]}"}

    def _below(self, node: Schema) -> Schema:
        return {key: self.with_references(below) for key, below in node.items()}


def main(output: Path) -> None:
    schemas: Schema = {}
    for release in RELEASES:
        directory = crd_directory(release)
        schemas[release] = {
            kind: read_schema(directory, plural, version)
            for kind, (plural, version) in KINDS.items()
        }
    definitions = Definitions(schemas)
    releases = definitions.with_references(schemas)
    document = {"releases": releases, "definitions": definitions.schemas}
    output.write_text(json.dumps(document, separators=(",", ":")) + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else OUTPUT)
