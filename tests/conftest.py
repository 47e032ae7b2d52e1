"""What all tests share: one thread for torch, hypothesis without stop-watches, and the browser's tests in one process."""

import pytest
import torch
from hypothesis import settings
from xdist.scheduler import LoadFileScheduling

torch.set_num_threads(1)

# Machines differ in speed, and a test that fails by the clock says nothing about the code.
settings.register_profile("project", deadline=None)
settings.load_profile("project")


class BrowserTogether(LoadFileScheduling):  # type: ignore[misc]
    """Each file's tests run in one process, and those of all files in tests/browser in the same one.

    Two servers and two browsers beside each other keep two cores so busy that pages answer late.
    """

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return "tests/browser" if file.startswith("tests/browser/") else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> BrowserTogether:
    """Take this scheduler in place of `--dist`."""
    return BrowserTogether(config, log)
