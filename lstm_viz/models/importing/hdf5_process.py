"""Copy the arrays and attributes of an HDF5 file into plain files; run as a program of its own, never imported by the app.

HDF5's C library is not made for hostile files: crafted ones have crashed it, and a valid one may refer to other files. So it
runs in this process, with limits on memory and time, and whatever could read another file is refused before it is opened: links
that are not hard ones, external and virtual datasets, and filters that are loaded from plugins.

Usage: python -I hdf5_process.py FILE FOLDER
writes FOLDER/tree.json ({"attributes": {path: {name: value}}, "arrays": {path: number}}) and FOLDER/<number>.npy for each array;
ends with status 3 and a reason on standard output where the file is refused.
"""

import contextlib
import json
import os
import sys
from pathlib import Path
from typing import Any

#: Limits: bytes of memory, seconds of processor time, objects in a file, nesting, and bytes of one attribute.
MEMORY = 3 * 2**30
SECONDS = 60
OBJECTS = 20_000
DEPTH = 32
ATTRIBUTE = 2**22
#: How many times the file's size an array may take once it is unpacked.
MAX_EXPANSION = 8
#: The filters that come with HDF5 itself; others would load a plugin.
FILTERS = ("gzip", "shuffle", "fletcher32")


class Refused(Exception):
    """The file is refused; the message says why."""


def main(source: str, target: str) -> int:
    """Copy `source` into the folder `target`; return the exit status."""
    _limit()
    os.environ["HDF5_PLUGIN_PRELOAD"] = "::"  # no plugin is ever loaded
    import h5py

    copier = _Copier(Path(target), os.path.getsize(source))
    try:
        with h5py.File(source, "r") as file:
            copier.copy_group(file, "", 0)
    except Refused as refused:
        sys.stdout.write(str(refused))
        return 3
    tree = {"attributes": copier.attributes, "arrays": copier.arrays}
    (copier.folder / "tree.json").write_text(json.dumps(tree), encoding="utf-8")
    return 0


class _Copier:
    """Copies groups and datasets into `folder`; raises Refused at what is not allowed. `size` is the file's, in bytes.

    HDF5 and NumPy are imported in the methods, after the limits are set.
    """

    def __init__(self, folder: Path, size: int) -> None:
        self.folder, self.size = folder, size
        self.attributes: dict[str, dict[str, object]] = {}
        self.arrays: dict[str, int] = {}
        self._visited: set[object] = set()

    def copy_group(self, group: Any, path: str, depth: int) -> None:
        import h5py

        if depth > DEPTH:
            raise Refused("is nested too deeply")
        self.attributes[path] = {name: _attribute(group.attrs, name) for name in group.attrs}
        for name in group:
            inner = f"{path}/{name}" if path else name
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                raise Refused(f"refers to another place at {inner[:200]!r}; only what the file itself holds is read")
            each = group[name]
            address = h5py.h5o.get_info(each.id).addr
            if address in self._visited or len(self._visited) >= OBJECTS:
                raise Refused(f"holds {inner[:200]!r} twice, or more than {OBJECTS:,} objects")
            self._visited.add(address)
            if isinstance(each, h5py.Group):
                self.copy_group(each, inner, depth + 1)
            elif isinstance(each, h5py.Dataset):
                self.copy_dataset(each, inner)

    def copy_dataset(self, dataset: Any, path: str) -> None:
        import h5py
        import numpy as np

        if dataset.external or dataset.is_virtual:
            raise Refused(f"keeps {path[:200]!r} in another file; only what the file itself holds is read")
        if dataset.dtype.kind not in "fiub" or dataset.dtype.hasobject or dataset.dtype.fields is not None:
            return
        plist = dataset.id.get_create_plist()
        known = {h5py.h5z.FILTER_DEFLATE, h5py.h5z.FILTER_SHUFFLE, h5py.h5z.FILTER_FLETCHER32}
        if any(plist.get_filter(number)[0] not in known for number in range(plist.get_nfilters())):
            raise Refused(f"packs {path[:200]!r} with a filter other than {', '.join(FILTERS)}")
        if dataset.size * dataset.dtype.itemsize > MAX_EXPANSION * self.size:
            raise Refused(f"claims {dataset.size:,} numbers at {path[:200]!r} in a file of {self.size:,} bytes")
        self.attributes[path] = {}
        self.arrays[path] = len(self.arrays)
        np.save(self.folder / f"{self.arrays[path]}.npy", dataset[()], allow_pickle=False)


def _attribute(attrs: Any, name: str) -> object:
    """Return an attribute as JSON can hold it: None for what it cannot."""
    import h5py
    import numpy as np

    identifier = attrs.get_id(name)
    if int(np.prod(identifier.shape or (1,), dtype=np.float64)) * identifier.dtype.itemsize > ATTRIBUTE:
        raise Refused(f"has the attribute {name[:80]!r} of more than {ATTRIBUTE:,} bytes")
    value = attrs[name]
    if isinstance(value, h5py.Empty):
        return None
    if isinstance(value, np.ndarray):
        return [_text(each) for each in value.ravel().tolist()]
    return _text(value.item() if isinstance(value, np.generic) else value)


def _text(value: object) -> object:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value if isinstance(value, (str, int, float, bool)) else None


def _limit() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
