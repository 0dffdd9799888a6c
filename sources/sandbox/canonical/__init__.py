"""The sandbox system that speaks our own language: see `app`."""

from sources.sandbox.canonical.app import DEMO_KEY, PAGE_SIZE, app, app_of

__all__ = ["DEMO_KEY", "PAGE_SIZE", "app", "app_of"]
