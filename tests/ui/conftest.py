"""What all page tests share: what Streamlit does around every run of a page, and takes longer than most pages, is left out."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.scriptrunner import script_runner


@pytest.fixture(scope="session", autouse=True)
def _components_found_once() -> Iterator[None]:
    """The search reads the metadata of every installed package, which takes longer than most pages do."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture(scope="session", autouse=True)
def _keras_not_cleared() -> Iterator[None]:
    """Where Keras is loaded, Streamlit clears its session after every run, which collects all garbage: seconds at the end.

    The app never loads Keras; the tests of Keras files do.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(script_runner, "_clean_problem_modules", lambda: None)
        yield
