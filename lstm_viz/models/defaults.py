"""Where models are built and in which precision, whatever torch's default device and data type are set to."""

from __future__ import annotations

from typing import Any

import torch

#: Arguments for every module and tensor that the library makes: it computes on the CPU, in the precision of its files.
CPU_FLOAT: dict[str, Any] = {"device": "cpu", "dtype": torch.float32}
