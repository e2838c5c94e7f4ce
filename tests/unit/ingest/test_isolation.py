import io
import os
import signal
import threading
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.documents import Block, BlockKind, Locator
from app.errors import AttestError, DocumentRejected, OperatorError, TransientError
from ingest.expansion.model import FilePart, RecordPart, RefusedPart
from ingest.isolation.child import LoaderClosed
from ingest.isolation.document_wire import decode, encode
from ingest.isolation.loader import IsolatedLoader
from ingest.loaders import registry
from ingest.loaders.model import LoadedDocument
from tests.unit.ingest.expanding import LIMITS

BOUNDS = {"memory_bytes": 2**30, "max_characters": 100_000, "expansion": LIMITS}

TARGET = """
import os, sys, time
from app.errors import DocumentRejected
from ingest.loaders.model import LoadedDocument

def load(name, data, max_characters):
    match name:
        case "hang":
            time.sleep(600)
        case "crash":
            os.abort()
        case "leave":
            os._exit(0)
        case "swell":
            bytearray(2 ** 33)
        case "long":
            return LoadedDocument("x" * len(data))
        case "reject":
            raise DocumentRejected("empty", "Nothing there.")
        case "modules":
            import ingest.loaders.registry
            return LoadedDocument(" ".join(sorted(sys.modules)))
        case "print":
            print("noise"); print("noise", file=sys.stderr)
    return LoadedDocument(f"{name} {len(data)} {os.getpid()}")
"""


@pytest.fixture
def target(tmp_path, monkeypatch):
    (tmp_path / "hostile_target.py").write_text(TARGET)
    monkeypatch.syspath_prepend(str(tmp_path))
    return "hostile_target:load"


@pytest.fixture
def loader(target):
    with IsolatedLoader(load_timeout_s=20, **BOUNDS, load=target) as loader:
        yield loader


def child_of(loaded):
    return int(loaded.text.split()[2])


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def rejection(loader, name, data=b""):
    with pytest.raises(DocumentRejected) as caught:
        loader.load(name, data)
    return caught.value


def test_one_child_serves_many_files(loader):
    first, second = loader.load("a", b"xy"), loader.load("b", b"")
    assert first.text == f"a 2 {child_of(second)}"
    assert child_of(first) != os.getpid()


def test_rejections_cross_the_pipe(loader):
    error = rejection(loader, "reject")
    assert (error.code, error.message) == ("empty", "Nothing there.")


def test_a_hanging_parser_is_killed_and_the_next_file_is_read(target):
    with IsolatedLoader(load_timeout_s=1, **BOUNDS, load=target) as loader:
        hung = child_of(loader.load("a", b""))
        error = rejection(loader, "hang")
        assert error.code == "timeout"
        assert "load_timeout_s" in error.message
        assert not is_alive(hung)
        assert child_of(loader.load("b", b"")) != hung


@pytest.mark.parametrize("name", ["crash", "leave"])
def test_a_dying_parser_is_reported_and_the_next_file_is_read(loader, name):
    assert rejection(loader, name).code == "corrupt"
    assert loader.load("b", b"1").text.startswith("b 1 ")


def test_a_child_that_died_between_files_is_replaced(loader):
    pid = child_of(loader.load("a", b""))
    os.kill(pid, signal.SIGKILL)
    loader._loading._process.wait()
    assert child_of(loader.load("b", b"")) != pid


def test_a_small_file_that_swells_is_refused():
    body = "<w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'>"
    body += f"<w:body><w:p><w:r><w:t>{'a ' * 2_000_000}</w:t></w:r></w:p></w:body></w:document>"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", body)
    with IsolatedLoader(load_timeout_s=60, **BOUNDS) as loader:
        error = rejection(loader, "a.docx", packed.getvalue())
    assert error.code == "too_large"


def test_memory_is_limited(target):
    with IsolatedLoader(load_timeout_s=20, **BOUNDS, load=target) as loader:
        error = rejection(loader, "swell")
        assert error.code == "too_large"
        assert "ingest.loader_memory_bytes" in error.message
        assert loader.load("b", b"1").text.startswith("b 1 ")


def test_limits_reach_the_child_whatever_numbers_they_are(target):
    bounds = BOUNDS | {"expansion": LIMITS._replace(max_ratio=float("inf"))}
    with IsolatedLoader(load_timeout_s=20.5, **bounds, load=target) as loader:
        assert loader.load("a", b"1").text.startswith("a 1 ")


def test_texts_are_limited(loader):
    assert loader.load("long", b"1" * 100_000).text == "x" * 100_000
    error = rejection(loader, "long", b"1" * 100_001)
    assert error.code == "too_large"
    assert "100,000 characters" in error.message
    assert "ingest.max_document_characters" in error.message


def test_what_parsers_print_is_not_taken_for_an_answer(loader, capfd):
    assert loader.load("print", b"123").text.startswith("print 3 ")
    assert capfd.readouterr() == ("", "")


def test_threads_take_turns(loader):
    answers = {}

    def ask(name):
        answers[name] = loader.load(name, b"x" * len(name)).text

    threads = [threading.Thread(target=ask, args=("n" * count,)) for count in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(text.startswith(f"{name} {len(name)} ") for name, text in answers.items())
    assert len(answers) == 8


def test_an_interrupted_call_leaves_no_stale_answer(loader, monkeypatch):
    first = child_of(loader.load("a", b""))

    def interrupt(timeout):
        raise KeyboardInterrupt

    monkeypatch.setattr(loader._loading._pipe, "poll", interrupt, raising=False)
    with pytest.raises(KeyboardInterrupt):
        loader.load("stale", b"")
    assert not is_alive(first)
    assert loader.load("fresh", b"").text.startswith("fresh 0 ")


def test_the_child_is_in_a_session_of_its_own(loader):
    pid = child_of(loader.load("a", b""))
    assert os.getsid(pid) == pid


def test_close_ends_the_child_and_may_be_repeated(target):
    loader = IsolatedLoader(load_timeout_s=20, **BOUNDS, load=target)
    pid = child_of(loader.load("a", b""))
    loader.close()
    loader.close()
    assert not is_alive(pid)


# --- a child that does not start -----------------------------------------------------------------


@pytest.fixture
def start(tmp_path, monkeypatch):
    """Makes a loader whose child first does what it is told, and then imports its target."""

    def make(first, **options):
        (tmp_path / "slow_target.py").write_text(f"{first}\n{TARGET}")
        monkeypatch.syspath_prepend(str(tmp_path))
        return IsolatedLoader(load_timeout_s=20, load="slow_target:load", **BOUNDS, **options)

    return make


def test_a_child_that_is_ready_too_late_is_ended_and_shifts_no_reply(start, tmp_path, monkeypatch):
    late = (
        f"import os, time; time.sleep(600 if not os.path.exists({str(tmp_path / 'go')!r}) else 0)"
    )
    with start(late) as loader:
        monkeypatch.setattr("ingest.isolation.child._START_S", 0.2)
        with pytest.raises(TransientError, match=r"not ready after 0\.2 s.*try again"):
            loader.load("first", b"")
        assert loader._loading._process is None
        (tmp_path / "go").touch()
        monkeypatch.setattr("ingest.isolation.child._START_S", 60.0)
        assert loader.load("second", b"").text.startswith("second ")
        assert loader.load("third", b"").text.startswith("third ")


def test_a_machine_without_room_for_a_process_is_no_fault_of_the_file(start, monkeypatch):
    def full(*_args, **_options):
        raise BlockingIOError(11, "Resource temporarily unavailable")

    with start("") as loader:
        with monkeypatch.context() as patched:
            patched.setattr("ingest.isolation.child.subprocess.Popen", full)
            with pytest.raises(TransientError, match="can't be started"):
                loader.load("first", b"")
        assert loader.load("second", b"").text.startswith("second ")


@pytest.mark.parametrize(
    ("first", "last_words", "logged"),
    [
        ("import no_such_parser", "No module named 'no_such_parser'", "Traceback"),
        ("import os; os._exit(1)", "it printed nothing", "it printed: nothing"),
    ],
)
def test_imports_that_fail_are_not_blamed_on_the_file(start, caplog, first, last_words, logged):
    with start(first) as loader, pytest.raises(OperatorError, match=last_words) as caught:
        loader.load("a", b"")
    assert "pip install" in caught.value.message
    assert logged in caplog.text


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs to look into the child")
def test_what_a_child_prints_once_it_is_ready_is_kept_nowhere(start):
    with start("import sys; print('warning', file=sys.stderr)") as loader:
        pid = child_of(loader.load("print", b""))
        assert Path(f"/proc/{pid}/fd/2").readlink() == Path(os.devnull)


# --- closing -------------------------------------------------------------------------------------


def closed_during(loader, name):
    """What a load that is under way raises when the loader is closed, and how long that took."""
    raised = []

    def ask():
        try:
            loader.load(name, b"")
        except AttestError as error:
            raised.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    child = loader._loading
    while not child._lock.locked() or child._process is None:
        time.sleep(0.01)
    began = time.monotonic()
    loader.close()
    took = time.monotonic() - began
    thread.join()
    return raised[0], took


def test_close_ends_a_load_under_way_at_once_and_does_not_blame_the_file(loader):
    loader.load("a", b"")
    error, took = closed_during(loader, "hang")
    assert isinstance(error, LoaderClosed)
    assert took < 5


def test_close_ends_a_child_that_is_about_to_start(start):
    error, took = closed_during(start("import time; time.sleep(600)"), "a")
    assert isinstance(error, LoaderClosed)
    assert took < 5


def test_calls_that_wait_for_their_turn_are_refused_once_it_is_closed(loader):
    loader.load("a", b"")
    waiting = threading.Thread(target=closed_during, args=(loader, "b"))
    with loader._loading._lock:
        waiting.start()
        while not loader._loading._closed:
            time.sleep(0.01)
    waiting.join()
    with pytest.raises(LoaderClosed):
        loader.load("c", b"")


def test_the_real_loaders_run_within_the_default_limits():
    blocks = (Block(BlockKind.HEADING, (0, 5), level=1), Block(BlockKind.PARAGRAPH, (7, 11)))
    with IsolatedLoader(load_timeout_s=60, **BOUNDS) as loader:
        loaded = loader.load("a.md", b"# Title\n\ntext")
    assert loaded == LoadedDocument("Title\n\ntext", "Title", blocks, {"format": "markdown"})


def test_the_child_imports_no_model_library(loader):
    modules = loader.load("modules", b"").text.split()
    assert "ingest.loaders.registry" in modules
    heavy = {
        "torch",
        "transformers",
        "sentence_transformers",
        "faiss",
        "tantivy",
        "fastapi",
        "jieba",
    }
    assert heavy.isdisjoint(modules)


FRONT = (
    "---\ntitle: T\ndate: 2024-01-02\nwhen: 2024-01-02T03:04:05Z\nn: 1\nx: 1.5\nyes: true\n"
    "none: null\ndeep: {a: {b: 1}}\nlist: [a, 1, true]\nhuge: 123456789012345678901234567890\n"
    "set: !!set {a}\nbinary: !!binary aGVsbG8=\n---\n\n# T\n\nText with \ud800 half.\n"
)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        pytest.param("f.md", FRONT.encode("utf-8", "surrogatepass"), id="front matter"),
        pytest.param("t.csv", b"a,b\n1,2\n3,4\n", id="table"),
        pytest.param("t.json", b'{"a": {"b": [1, "\\ud800", null, true]}}', id="JSON"),
        pytest.param("茶.txt", "茶叶产于云南。\n\n- 一\n- 二".encode("gb18030"), id="encoding"),
        pytest.param("h.html", b"<h1>T</h1><table><tr><th>a<td>b</table><p>x", id="HTML"),
    ],
)
def test_a_document_comes_through_the_pipe_as_it_was_read(name, data):
    with IsolatedLoader(load_timeout_s=20, **BOUNDS | {"memory_bytes": 2**31}) as loader:
        assert loader.load(name, data) == registry.load(name, data)


def test_where_blocks_stand_comes_through_the_pipe():
    starts = ((2, Locator(page=3)), (3, Locator(page=3, symbol="Store.open")))
    block = Block(BlockKind.CODE, (0, 4), locator=Locator(sheet="A", cell="B7"))
    loaded = LoadedDocument("text", blocks=(block, replace(block, locator_starts=starts)))
    assert decode(encode(loaded)) == loaded


@pytest.mark.parametrize("name", ["object", "code", "text", "wrong", "deep"])
def test_an_answer_that_is_no_document_is_taken_for_a_crash(tmp_path, monkeypatch, name):
    """As the child would answer that a hostile file has taken over."""
    ran = tmp_path / "ran"
    (tmp_path / "taken_over.py").write_text(f"""
import os, pickle
from ingest.isolation import serving

class Code:
    def __reduce__(self):
        return (open, ({str(ran)!r}, "w"))

ANSWERS = {{
    "object": pickle.dumps("x"),
    "code": pickle.dumps(Code()),
    "text": b"no JSON",
    "wrong": b'{{"text": 5, "blocks": {{}}}}',
    "deep": b"[" * 100_000,
}}

serving.encode = lambda loaded: ANSWERS[loaded.text]

def load(name, data, max_characters):
    return serving.LoadedDocument(name)
""")
    monkeypatch.syspath_prepend(str(tmp_path))
    with IsolatedLoader(load_timeout_s=20, **BOUNDS, load="taken_over:load") as loader:
        assert rejection(loader, name).code == "corrupt"
    assert not ran.exists()


def test_an_answer_that_never_ends_is_not_waited_for(tmp_path, monkeypatch):
    ended = tmp_path / "ended"
    (tmp_path / "taken_over.py").write_text(f"""
import os, pathlib, signal, time
from ingest.isolation.serving import Connection, LoadedDocument

send = Connection.send_bytes

def begin(pipe, answer):
    if answer == b"ready":
        return send(pipe, answer)
    signal.setitimer(signal.ITIMER_REAL, 0)
    os.write(pipe.fileno(), bytes(3))  # of the four bytes that say how long it is
    time.sleep(20)
    pathlib.Path({str(ended)!r}).touch()
    os._exit(0)

Connection.send_bytes = begin

def load(name, data, max_characters):
    return LoadedDocument(name)
""")
    monkeypatch.syspath_prepend(str(tmp_path))
    with IsolatedLoader(load_timeout_s=1, **BOUNDS, load="taken_over:load") as loader:
        monkeypatch.setattr("ingest.isolation.child.GRACE_S", 0.0)
        assert rejection(loader, "a").code == "corrupt"
    assert not ended.exists()


def test_the_child_sees_no_key(loader, monkeypatch):
    monkeypatch.setenv("ATTEST_SERVER__API_KEYS", '["sesame"]')
    monkeypatch.setenv("OPENAI_API_KEY", "sesame")

    child = child_of(loader.load("a", b""))

    environment = Path(f"/proc/{child}/environ").read_bytes()
    assert b"PATH=" in environment
    assert b"sesame" not in environment


# --- files that hold several documents -----------------------------------------------------------

EXPANDER = """
import os, time
from ingest.expansion.model import FilePart, RecordPart, RefusedPart

def expand(name, file, limits):
    match name:
        case "hang":
            yield RecordPart("hang:1", {})
            time.sleep(1.5)
            yield RecordPart("hang:2", {})
            time.sleep(600)
        case "crash":
            yield RecordPart("crash:1", {})
            time.sleep(1.5)
            yield RecordPart("crash:2", {})
            os.abort()
        case "swell":
            yield RecordPart("swell:1", {})
            bytearray(2 ** 33)
        case "many":
            for n in range(100_000):
                yield RecordPart(f"many:{n}", {"child": os.getpid()})
        case "foreign":
            yield FilePart("another", b"")
        case "deep":
            record = []
            for _ in range(900):
                record = [record]
            yield RecordPart("deep:1", record)
            yield RecordPart("deep:2", {})
        case "raw":
            yield FilePart("raw!/a", bytes(range(256)))
            yield RecordPart("raw:1", {"text": "\\ud800", "n": float("inf")})
            yield FilePart("raw!/b", b"")
            yield RefusedPart("raw!/c", "empty", "Nothing there.")
        case _:
            file.seek(0, os.SEEK_END)
            yield RecordPart(f"{name}:{file.tell()}", {"child": os.getpid()})
"""


@pytest.fixture
def make_expander(target, tmp_path):
    (tmp_path / "hostile_expander.py").write_text(EXPANDER)
    (tmp_path / "file").write_bytes(b"12345")

    def make(load_timeout_s=20):
        options = {"load": target, "expand": "hostile_expander:expand"}
        return IsolatedLoader(load_timeout_s=load_timeout_s, **BOUNDS, **options)

    return make


@pytest.fixture
def expander(make_expander):
    with make_expander() as loader:
        yield loader


@pytest.fixture
def parts(tmp_path):
    def expanded(loader, name):
        with (tmp_path / "file").open("rb") as file:
            yield from loader.expand(name, file)

    return expanded


def test_the_real_formats_are_opened_within_the_default_limits(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("b.md", "text")
        archive.writestr("r.jsonl", '{"n": 1}\nno JSON\n')
    with (
        IsolatedLoader(load_timeout_s=60, **BOUNDS) as loader,
        (tmp_path / "a.zip").open("rb") as f,
    ):
        assert list(loader.expand("a.zip", f)) == [
            FilePart("a.zip!/b.md", b"text"),
            RecordPart("a.zip!/r.jsonl:1", {"text": "n: 1"}),
            RefusedPart("a.zip!/r.jsonl:2", "invalid_record", "The line is not valid JSON."),
        ]


def test_parts_come_through_the_pipe_as_they_were_made(expander, parts):
    assert list(parts(expander, "raw")) == [
        FilePart("raw!/a", bytes(range(256))),
        RecordPart("raw:1", {"text": "\ud800", "n": float("inf")}),
        FilePart("raw!/b", b""),
        RefusedPart("raw!/c", "empty", "Nothing there."),
    ]


def test_one_child_opens_many_files_and_each_from_its_beginning(expander, parts):
    (first,), (second,) = parts(expander, "a"), parts(expander, "b")
    assert (first.name, second.name) == ("a:5", "b:5")
    assert first.record == second.record != {"child": os.getpid()}


def test_documents_are_read_while_the_file_that_holds_them_is_open(expander, parts):
    opened = parts(expander, "many")
    first = next(opened)
    assert child_of(expander.load("a", b"")) != first.record["child"]
    assert sum(1 for _ in opened) == 99_999


def test_of_a_file_that_is_given_up_nothing_comes_later(expander, parts):
    opened = parts(expander, "many")
    child = next(opened).record["child"]
    opened.close()
    assert not is_alive(child)
    assert [part.name for part in parts(expander, "next")] == ["next:5"]


@pytest.mark.parametrize(
    ("name", "code"), [("hang", "timeout"), ("crash", "corrupt"), ("swell", "too_large")]
)
def test_what_was_read_stays_and_the_rest_is_refused(make_expander, parts, name, code):
    with make_expander(load_timeout_s=3) as loader:
        *read, rest = parts(loader, name)
        assert read[0] == RecordPart(f"{name}:1", {})
        assert (rest.name, rest.code) == (name, code)
        assert [part.name for part in parts(loader, "next")] == ["next:5"]


def test_a_part_of_another_file_is_taken_for_a_crash(expander, parts):
    (part,) = parts(expander, "foreign")
    assert (part.name, part.code) == ("foreign", "corrupt")


def test_a_record_that_nests_too_deep_for_this_process_fails_alone(expander, parts):
    def deeper(levels):
        return list(parts(expander, "deep")) if not levels else deeper(levels - 1)

    first, second = deeper(200)
    assert (first.name, first.code) == ("deep:1", "nested_too_deep")
    assert second == RecordPart("deep:2", {})


def test_close_ends_what_is_open_and_does_not_blame_the_file(make_expander, parts):
    loader = make_expander()
    opened = parts(loader, "many")
    child = next(opened).record["child"]
    loader.close()
    assert not is_alive(child)
    with pytest.raises(LoaderClosed):
        list(opened)
    with pytest.raises(LoaderClosed):
        next(parts(loader, "a"))
