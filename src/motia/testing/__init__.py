"""What authors import in their tests."""

from motia.testing.app import AppClient, TestRun, app
from motia.testing.http import Answer

__all__ = ["Answer", "AppClient", "TestRun", "app"]
