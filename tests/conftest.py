"""What all tests share: one thread for torch, and hypothesis without stop-watches."""

from pathlib import Path

import pytest
import torch
from hypothesis import settings

torch.set_num_threads(1)

# Machines differ in speed, and a test that fails by the clock says nothing about the code.
settings.register_profile("house", deadline=None)
settings.load_profile("house")

#: Folders whose tests share something costly or count processes: each is run by one of the processes that share the tests.
TOGETHER = ("browser", "jobs")


@pytest.hookimpl(tryfirst=True)  # before xdist reads the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of the running app together, and those of the pool of processes."""
    for item in items:
        folder = item.path.relative_to(Path(__file__).parent).parts[0]
        if folder in TOGETHER:
            item.add_marker(pytest.mark.xdist_group(folder))
