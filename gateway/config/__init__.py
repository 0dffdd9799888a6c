"""The gateway's configuration: one YAML file, its tables and credentials, checked as a whole.

    configuration = load(Path("threefold.yaml"))

`load` returns a `Configuration` or raises a `ConfigurationError` that holds every `Problem` of the file, each
with file and line. `json_schema` describes the file to editors.
"""

from gateway.config.load import Configuration, keys_file, load
from gateway.config.problems import ConfigurationError, Problem
from gateway.config.schema import json_schema
from gateway.config.settings import ConnectorCheck

__all__ = [
    "Configuration",
    "ConfigurationError",
    "ConnectorCheck",
    "Problem",
    "json_schema",
    "keys_file",
    "load",
]
