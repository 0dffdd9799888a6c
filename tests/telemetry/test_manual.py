"""What `docs/observability.md` says of metrics, alerts and settings is what there is."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families as families

from gateway.config.telemetry import TelemetrySection
from tests.gateway.world import Door
from tests.telemetry.company import wired

MANUAL: Final = (Path(__file__).parents[2] / "docs/observability.md").read_text(encoding="utf-8")
BLOCKS: Final[list[Any]] = [
    yaml.safe_load(block) for block in re.findall(r"^```yaml\n(.*?)^```$", MANUAL, re.DOTALL | re.MULTILINE)
]


def block(key: str) -> Any:
    (found,) = (each for each in BLOCKS if key in each)
    return found


@pytest.fixture(scope="module")
def metrics() -> dict[str, set[str]]:
    """The labels of each metric, by its name, of a gateway that has seen a failure."""
    with Door(wired) as door:
        door.network.refuses = {"plan"}
        door.ask("{ budgetPosition { totals { budget consumed } } }")
        text = door.request("GET", "/metrics").text
    return {
        family.name + ("_total" if family.type == "counter" else ""): {
            label for sample in family.samples for label in sample.labels if label != "le"
        }
        for family in families(text)
        if family.name.startswith("threefold_")
    }


def test_every_metric_is_explained_with_its_labels(metrics):
    told = {}
    for names, labels in re.findall(r"^\| (`threefold_[^|]+) \|([^|]*)\|", MANUAL, re.MULTILINE):
        told |= {name: set(re.findall(r"`(\w+)`", labels)) for name in re.findall(r"`(\w+)`", names)}
    assert told == metrics


def test_alerts_ask_for_what_there_is(metrics):
    (group,) = block("groups")["groups"]
    asked = [re.findall(r"(threefold_\w+)(?:\{(\w+)=)?", rule["expr"]) for rule in group["rules"]]
    assert len(asked) == 3
    for name, label in (each for found in asked for each in found):
        assert name in metrics
        assert label in {"", *metrics[name]}


def test_promtool_takes_the_alerts(tmp_path):
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("no promtool on the PATH (Debian: it is in the package prometheus)")
    file = tmp_path / "rules.yaml"
    file.write_text(yaml.safe_dump(block("groups")), encoding="utf-8")
    told = subprocess.run([promtool, "check", "rules", file], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr


def test_the_settings_shown_are_settings():
    shown = {key: str(v) if isinstance(v, float) else v for key, v in block("telemetry")["telemetry"].items()}
    section = TelemetrySection.model_validate(shown)
    assert section.model_fields_set == {"otlp", "headers", "sampling"}
