"""The planning system of the sandbox: see `app`."""

from sources.sandbox.anaplan.app import DEMO_LOGIN, app

__all__ = ["DEMO_LOGIN", "app"]
