"""Malicious pickles as public scanners describe them are refused by name; what ordinary files name is not."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

import lstm_viz
from lstm_viz.models.importing.acting_globals import acts
from lstm_viz.models.importing.safe_reader import read_plain
from tests.models.importing.tripwire import Tripwire

# What the samples of picklescan (tests/init_data_files.py), the lists of picklescan 1.0.5, fickling 0.1.12 and modelscan 0.8.8,
# and the advisories of picklescan (GHSA-…) name.
SAMPLES = """
builtins.eval builtins.exec builtins.compile builtins.getattr builtins.apply builtins.open builtins.breakpoint
builtins.__import__ builtins.globals builtins.setattr builtins.delattr builtins.vars builtins.input builtins.execfile
builtins.memoryview __builtin__.eval __builtin__.execfile __builtins__.eval os.system os.popen posix.system nt.system
os.path.join subprocess.run subprocess.Popen sys.exit sys.modules socket.create_connection http.client.HTTPSConnection
httplib.HTTPSConnection requests.api.get aiohttp.client.ClientSession pickle.loads _pickle.loads cPickle.loads runpy._run_code
bdb.Bdb.run pip.main torch._inductor.codecache.compile_file pydoc.pipepager pydoc.locate torch.serialization.load torch.load
venv.create timeit.timeit numpy.testing._private.utils.runstring torch.utils.bottleneck.__main__.run_cprofile
torch._dynamo.guards.GuardBuilder.get torch.fx.experimental.symbolic_shapes.ShapeEnv.evaluate_guards_expression
torch.utils.collect_env.run torch.utils.collect_env.run_and_read_all torch.utils.data.datapipes.utils.decoder.basichandlers
torch.jit.unsupported_tensor_ops.execWrapper torch.utils._config_module.ConfigModule.load_config trace.Trace.run
trace.Trace.runctx profile.Profile.run profile.run lib2to3.pgen2.grammar.Grammar.loads idlelib.debugobj.ObjectTreeItem.SetText
idlelib.autocomplete.AutoComplete.get_entity code.InteractiveInterpreter.runcode idlelib.calltip.get_entity ensurepip._run_pip
lib2to3.pgen2.pgen.ParserGenerator.make_label idlelib.run.Executive.runcode idlelib.pyshell.ModifiedInterpreter.runcommand
doctest.debug_script cProfile.runctx cProfile.run asyncio.unix_events._UnixSubprocessTransport._start
distutils.file_util.write_file ctypes.CDLL operator.methodcaller operator.attrgetter operator.itemgetter _operator.attrgetter
pty.spawn numpy.f2py.crackfortran.getlincoef io.FileIO _io.FileIO _io.open urllib.request.urlopen
cloudpickle.cloudpickle._make_function cloudpickle.cloudpickle.subimport cloudpickle.cloudpickle._builtin_type
dill._dill._create_function types.CodeType types.FunctionType types.MethodType logging.FileHandler imaplib.IMAP4_stream
pkgutil.resolve_name test.support.script_helper.assert_python_ok uuid._get_command_stdout webbrowser.open
_osx_support._read_output _aix_support._read_cmd_output _pyrepl.pager.pipe_pager shutil.rmtree importlib.import_module
commands.getoutput multiprocessing.Process _posixsubprocess.fork_exec codeop.compile_command marshal.loads
_frozen_importlib._gcd_import _imp.init_frozen zipimport.zipimporter gc.get_objects site.addsitedir unittest.main
inspect.getmodule ssl.get_server_certificate urllib2.urlopen smtplib.SMTP ftplib.FTP poplib.POP3 telnetlib.Telnet nntplib.NNTP
joblib.load tempfile.mktemp filecmp.cmp pexpect.run socketserver.TCPServer xmlrpc.client.ServerProxy signal.signal
threading.Thread _thread.start_new_thread atexit.register sqlite3.connect fileinput.input glob.glob platform.popen
linecache.getline compileall.compile_dir py_compile.compile mmap.mmap select.select selectors.DefaultSelector syslog.syslog
tarfile.open zipfile.ZipFile shelve.open difflib.context_diff numpy.load torch.hub.load torch.jit.load
torch.package.PackageImporter torch.fx.graph_module.reduce_graph_module pandas.read_pickle pathlib.Path.write_text
pathlib.PosixPath.unlink keras.models.load_model yaml.unsafe_load six.moves.builtins.eval numpy.os.system
collections._sys.modules torch.os.system torch.nn.Module.__init__.__globals__ torch.utils.cpp_extension.load_inline
torch.storage.UntypedStorage.from_file
""".split()  # noqa: SIM905


def apart(name: str) -> tuple[str, str]:
    """Module and name, where the module is written in lower case up to the first class or function."""
    parts = name.split(".")
    for index in range(len(parts) - 1, 0, -1):
        if parts[index - 1][:1].islower() or parts[index - 1].startswith("_"):
            return ".".join(parts[:index]), ".".join(parts[index:])
    raise ValueError(name)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_malicious_sample_is_refused_by_name_and_not_run(name: str, tmp_path: Path) -> None:
    module, attribute = apart(name)
    path = tmp_path / "x.pkl"
    programs = [
        b"c" + f"{module}\n{attribute}\n".encode() + b"(S'x'\ntR.",
        b"\x80\x04" + pickle.dumps(module, 4)[2:-1] + pickle.dumps(attribute, 4)[2:-1] + b"\x93" + b")R.",
        b"]c" + f"{module}\n{attribute}\n".encode() + b"0.",
    ]
    if module == "builtins" and attribute == "getattr":
        programs[:1] = [b"cbuiltins\ngetattr\n(S'x'\ntR."]
    for program in programs:
        path.write_bytes(program)
        with Tripwire(path), pytest.raises(lstm_viz.UnsafeCheckpoint, match=attribute.rpartition(".")[2][:12]):
            read_plain(path, "x.pkl")


SOUR = (
    b"c__builtin__\nglobals\n(tRp100\n0c__builtin__\ncompile\n(S'fl=1'\nS''\nS'exec'\ntRp101\n0c__builtin__\neval\n(g101\ng100\n"
    b"tRp102\n0c__builtin__\ngetattr\n(c__builtin__\ndict\nS'get'\ntRp103\n0c__builtin__\napply\n(g103\n(g100\nS'x'\nltRp104\n0g104\n."
)


@pytest.mark.parametrize(
    "program",
    [
        # The shape of the sample in "Sour Pickles" (Slaviero 2011), which calls what it found in a dictionary.
        SOUR,
        b"(S'raise'\ni__builtin__\nexec\n.",
        b"cfunctools\npartial\n(ctorch.serialization\nload\nS'x'\ntR.",
        # Names that come from the memo, from a list or behind a broken opcode.
        b"\x80\x04\x8c\x02os\x94\x8c\x06system\x940h\x00h\x01\x93)R.",
        b"cos\nsystem\n(S'x'\ntR\xff",
        pickle.dumps({"a": 1}) + b"cos\nsystem\n(S'x'\ntR.",
    ],
)  # fmt: skip
def test_names_are_found_wherever_they_are_hidden(program: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.pkl"
    path.write_bytes(program)
    with Tripwire(path), pytest.raises(lstm_viz.UnsafeCheckpoint):
        read_plain(path, "x.pkl")


@pytest.mark.parametrize(
    "name",
    """
    collections.OrderedDict collections.Counter argparse.Namespace types.SimpleNamespace torch._utils._rebuild_tensor_v2
    torch.Size torch.nn.modules.rnn.LSTM torch.nn.functional.relu torch.optim.adam.Adam torch.FloatStorage torch.float32
    numpy.dtype numpy.core.multiarray._reconstruct numpy._core.multiarray.scalar numpy.ndarray pathlib.PosixPath
    datetime.datetime decimal.Decimal functools.partial logging.getLogger uuid.UUID re._compile enum.Enum __main__.Model
    model.CharRNN torchtext.vocab.Vocab torchtext.data.field.Field omegaconf.dictconfig.DictConfig easydict.EasyDict
    src.code.Model test.Model src.os_utils.Config builtins.set builtins.str.lower builtins.object copyreg._reconstructor
    torch.utils.data.dataloader.DataLoader pytorch_lightning.utilities.parsing.AttributeDict
    sklearn.preprocessing._label.LabelEncoder __torch__.torch.nn.modules.rnn.LSTM torch._C._VariableFunctions.tanh
    keras.src.legacy.preprocessing.text.Tokenizer __mp_main__.Net io.BytesIO
    transformers.models.bert.configuration_bert.BertConfig numpy.random._pickle.__randomstate_ctor model.<lambda>
    """.split(),  # noqa: SIM905
)
def test_what_ordinary_checkpoints_name_is_harmless(name: str) -> None:
    module, _, attribute = name.rpartition(".")
    if module in ("builtins.str", "torch._C._VariableFunctions"):
        (module, _, first), attribute = module.rpartition("."), attribute
        attribute = f"{first}.{attribute}"
    assert not acts(module, attribute)
