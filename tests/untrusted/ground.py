"""Write traps into a sandbox and lint them."""

import os
from dataclasses import replace
from pathlib import Path

from tests.fuzz import runner, worker
from tests.fuzz.case import HELM4, Case
from tests.fuzz.charts import ROOT
from tests.fuzz.runner import Outcome
from tests.fuzz.sandbox import OUTSIDE, Sandbox
from tests.untrusted.traps import EVIL

TOKEN = "hf_aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dF3h"
"""A token in the environment of every run."""


class Ground(Sandbox):
    """A sandbox with more files outside the checkout: Helm plugins, a chart, files to overwrite."""

    def lay_out(self, case: Case) -> None:
        outside = self.case / "outside"
        files = {
            name: text.replace(b"OUTSIDE", str(outside).encode())
            for name, text in case.files.items()
        }
        super().lay_out(replace(case, files=files))
        self._write("victim", "kept\n")
        self._write(
            "baseline.json", f'{{"version": 1, "findings": [], "x": "{OUTSIDE}"}}'
        )
        self._write(
            "model.json",
            f'{{"hidden_size": "{OUTSIDE}", "architectures": ["{OUTSIDE}"]}}',
        )
        self._write("schema.json", f'{{"type": "integer", "enum": ["{OUTSIDE}"]}}')
        self._write(
            "chart/Chart.yaml", f"apiVersion: v2\nname: {OUTSIDE}\nversion: 0.1.0\n"
        )
        self._write("chart/values.yaml", f"image: vllm/vllm-openai:{OUTSIDE}\n")
        self._write(
            "chart/templates/x.yaml", f"kind: Pod\nmetadata: {{name: {OUTSIDE}}}\n"
        )
        self._plugins(outside / "plugins", helm4=case.helm == HELM4)
        for script in [
            *self.checkout.rglob("*.sh"),
            *(self.checkout / name for name in ("helm", "git", "kubectl", "sh")),
        ]:
            if script.is_file():
                script.chmod(0o755)

    def _write(self, name: str, text: str) -> Path:
        file = self.case / "outside" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def _plugins(self, top: Path, *, helm4: bool) -> None:
        """Write a plugin that downloads evil:// and a post-renderer.

        Helm 4 starts post-renderers by the name of their plugin, Helm 3 by their path.
        """
        head = (
            "name: evil\nversion: 0.1.0\nusage: x\ndescription: x\nignoreFlags: false\n"
        )
        body = 'command: "$HELM_PLUGIN_DIR/run.sh"\ndownloaders:\n- {command: run.sh, protocols: [evil, s3]}\n'
        self._write("plugins/evil/plugin.yaml", head + body)
        if helm4:
            runtime = (
                "runtime: subprocess\nruntimeConfig:\n  platformCommand:\n"
                "  - {command: '${HELM_PLUGIN_DIR}/run.sh'}\n"
            )
            self._write(
                "plugins/pwn/plugin.yaml",
                f"apiVersion: v1\nname: pwn\ntype: postrenderer/v1\nversion: 0.1.0\n{runtime}",
            )
        for plugin in top.iterdir():
            (plugin / "run.sh").write_bytes(EVIL)
            (plugin / "run.sh").chmod(0o755)

    def environment(self, case: Case) -> dict[str, str]:
        outside = self.case / "outside"
        more = {
            "HELM_PLUGINS": str(outside / "plugins"),
            "RAN": str(outside / "ran"),
            "PYTHONPATH": str(ROOT),
        }
        return {
            **super().environment(case),
            **more,
            "HF_TOKEN": TOKEN,
            "HELM_KUBETOKEN": TOKEN,
        }


def lint(base: Path, helms: dict[str, str], case: Case) -> Outcome:
    """Run a trap. It forks, so the process must have only one thread."""
    return runner.run(case, Ground(base / str(os.getpid()), helms))


def prepare() -> None:
    """Prepare a process for `lint`."""
    runner.become_reaper()
    worker.import_all()
