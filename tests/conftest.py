"""What all tests share: one thread for torch, and hypothesis without stop-watches."""

import torch
from hypothesis import settings

torch.set_num_threads(1)

# Machines differ in speed, and a test that fails by the clock says nothing about the code.
settings.register_profile("project", deadline=None)
settings.load_profile("project")
