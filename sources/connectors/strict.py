"""YAML as it is written: every scalar is text, no key twice. `0010` stays `0010`, `NO` stays `NO`."""

from pathlib import Path
from typing import Any

import yaml


class _Loader(yaml.SafeLoader):
    """Knows null and merge keys; everything else plain is a string."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - the base class declares it; a ClassVar would contradict it
        first: [
            entry for entry in entries if entry[0] in ("tag:yaml.org,2002:null", "tag:yaml.org,2002:merge")
        ]
        for first, entries in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[object] = set()
        for key, _ in node.value:
            if key.value in seen and key.value != "<<":
                line = key.start_mark.line + 1
                raise yaml.constructor.ConstructorError(
                    None, None, f"{key.value!r} stands twice, line {line}"
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def read(path: Path) -> Any:
    """The document at `path`. Raises ValueError naming file and line."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 — a SafeLoader
    except yaml.YAMLError as error:
        raise ValueError(f"{path.name}: {error}") from None
