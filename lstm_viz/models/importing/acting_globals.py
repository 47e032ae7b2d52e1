"""The names of globals that could act on the computer if a pickle that names them were run.

Nothing that a file names is ever run here. A file that names one of these was made to do harm, or looks like such a file, so it
is refused with an error that lists the names. The list follows the public ones of picklescan (1.0.5), fickling (0.1.12) and
modelscan (0.8.8), without names that ordinary checkpoints hold (`functools.partial`, a logger's name, `getattr` of a method).
"""

from __future__ import annotations

import re

#: Modules all of whose names, and submodules', are taken to act.
_MODULES = frozenset(
    """
    os posix nt subprocess _posixsubprocess _winapi sys pty tty commands popen2 platform
    multiprocessing _multiprocessing concurrent threading _thread signal _signal atexit gc site sitecustomize
    code codeop runpy marshal doctest unittest compileall py_compile cProfile profile pdb bdb timeit trace
    importlib _frozen_importlib _frozen_importlib_external _imp imp pkgutil zipimport inspect ast dis
    socket _socket ssl _ssl httplib http urllib urllib2 urllib3 requests aiohttp httpx asyncio webbrowser smtplib imaplib ftplib
    poplib telnetlib nntplib socketserver xmlrpc xmlrpclib select selectors paramiko fabric
    ctypes _ctypes cffi _cffi_backend mmap pickle _pickle cPickle pickletools dill cloudpickle shelve jsonpickle
    shutil tempfile filecmp distutils setuptools glob fileinput linecache difflib tarfile zipfile zipapp gzip bz2 lzma sqlite3
    _sqlite3 dbm pydoc pexpect sh plumbum venv ensurepip pip conda idlelib lib2to3 syslog curses
    _osx_support _aix_support _pyrepl IPython ipykernel winreg _winreg msvcrt antigravity this turtle tkinter
    __builtins__
    """.split()  # noqa: SIM905
)

#: Modules of which a few names are harmless, and these.
_EXCEPT = {
    "builtins": frozenset(
        """
        abs all any ascii bin bool bytearray bytes callable chr classmethod complex dict divmod enumerate filter float format
        frozenset hash hex id int isinstance issubclass iter len list map max min next object oct ord pow print property range
        repr reversed round set slice sorted staticmethod str sum super tuple type zip NoneType Ellipsis NotImplemented unicode
        long basestring xrange unichr buffer BaseException Exception ArithmeticError AssertionError AttributeError EOFError
        IndexError KeyError KeyboardInterrupt LookupError MemoryError NotImplementedError OSError IOError OverflowError
        RuntimeError StopIteration TypeError ValueError UserWarning Warning ZeroDivisionError
        """.split()  # noqa: SIM905
    ),
    "types": frozenset({"SimpleNamespace", "MappingProxyType", "NoneType", "GenericAlias"}),
    "operator": frozenset({"add", "mul", "sub", "neg", "not_", "eq", "ne", "lt", "le", "gt", "ge", "truediv"}),
    "_operator": frozenset({"add", "mul", "sub", "neg", "not_", "eq", "ne", "lt", "le", "gt", "ge", "truediv"}),
    "uuid": frozenset({"UUID", "SafeUUID"}),
    "copyreg": frozenset({"_reconstructor", "__newobj__", "__newobj_ex__"}),
    "io": frozenset({"BytesIO", "StringIO"}),
    "_io": frozenset({"BytesIO", "StringIO"}),
    "joblib": frozenset({"numpy_pickle.NumpyArrayWrapper"}),
    "codecs": frozenset({"encode", "decode", "lookup"}),
    "_codecs": frozenset({"encode"}),
}  # fmt: skip

#: Names, with their modules, that act in modules that are otherwise harmless; also what is below them.
_NAMES = tuple(
    """
    functools.reduce logging.FileHandler logging.handlers logging.config logging.basicConfig test.support test.libregrtest
    torch.load torch.save torch.serialization torch.hub torch.jit.load torch.jit._serialization torch.jit.frontend
    torch.jit.unsupported_tensor_ops torch.jit._script torch.ops.load_library torch._ops torch.classes.load_library
    torch.utils.cpp_extension torch.utils._cpp_extension_versioner torch.utils.collect_env torch.utils.bottleneck
    torch.utils.model_zoo torch.utils._config_module torch.utils.data.datapipes.utils torch.utils.file_baton torch._dynamo
    torch._inductor torch.fx torch.package torch.export torch.testing torch.multiprocessing torch.distributed torch.from_file
    torch.onnx torch.profiler torch._classes torch.compile torch._C._jit torch.storage.TypedStorage.from_file
    torch.storage.UntypedStorage.from_file torch.UntypedStorage.from_file torch.library torch.cuda._compile_kernel
    numpy.load numpy.save numpy.savez numpy.savez_compressed numpy.savetxt numpy.loadtxt numpy.genfromtxt numpy.fromfile
    numpy.fromregex numpy.lib.npyio numpy.lib._npyio_impl numpy.lib.format numpy.lib.utils numpy.f2py numpy.testing
    numpy.ctypeslib numpy.distutils numpy.core._internal numpy.vectorize numpy.frompyfunc numpy.apply_along_axis numpy.DataSource
    pandas.read_pickle pandas.eval pandas.io pandas.core.computation scipy.io joblib.load sklearn.externals.joblib.load
    tensorflow.io tensorflow.keras.models.load_model tensorflow.saved_model tensorflow.py_function tensorflow.load_op_library
    keras.models.load_model keras.saving keras.src.saving keras.utils.get_file yaml.load yaml.unsafe_load yaml.full_load
    transformers.dynamic_module_utils django.core.management jinja2.Template mako.template
    """.split()  # noqa: SIM905
)

#: Harmless names below those, which sparse tensors use.
_HARMLESS = frozenset({"torch.serialization._get_layout"})

#: Functions that act when called, but stand in ordinary files as the class of an array.
_WHEN_CALLED = frozenset({"numpy.memmap", "numpy.core.memmap.memmap", "numpy._core.memmap.memmap"})

#: Modules that others import, by which a dotted name could reach them from anywhere.
_REACHED = frozenset(
    {"os", "posix", "nt", "sys", "subprocess", "builtins", "__builtin__", "__builtins__", "importlib", "ctypes", "socket"}
    | {"shutil", "runpy", "pty", "_os", "_sys"}
)
#: Attributes of functions and classes by which a name could reach anything.
_INNER = re.compile(r"__(?!init__|main__|mp_main__|new__|torch__)\w*__|f_globals|gi_frame|func_globals|func_code")


def acts(module: str, name: str) -> bool:
    """Return True if a global could act on the computer: run code, import, read or write files, connect, or reach what does.

    Examples:
        >>> acts("posix", "system"), acts("torch.serialization", "os.system"), acts("collections", "OrderedDict")
        (True, True, False)
    """
    top, *rest = module.split(".")
    if top in _MODULES:
        return True
    whole = f"{module}.{name}"
    inner = name.split(".")
    if _REACHED.intersection(rest) or (len(inner) > 1 and _REACHED.intersection(inner)) or "" in inner:
        return True
    if any(_INNER.fullmatch(part) for part in (*rest, *inner)) and whole.rpartition(".")[2] not in _EXCEPT.get(top, ()):
        return True
    if top in _EXCEPT:
        below = whole[len(top) + 1 :]
        return not (below in _EXCEPT[top] or below.partition(".")[0] in _EXCEPT[top])
    if top == "pathlib" and any(part[:1].islower() for part in inner):
        return True
    return whole not in _HARMLESS and any(whole == each or whole.startswith(f"{each}.") for each in _NAMES)


def acts_when_called(module: str, name: str) -> bool:
    """Return True for a global that acts only if it is called, while its name alone is the class of ordinary data."""
    return f"{module}.{name}" in _WHEN_CALLED
