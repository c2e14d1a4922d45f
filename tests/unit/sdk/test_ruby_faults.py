"""What a Ruby step may do to its worker, and what the worker makes of it: real processes, real steps."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from tests.conformance.worker.conftest import LANGUAGES, WorkerProcess

from motia.protocol import Cancel, Failure, LoadedManifest, Ping, Pong, Result, Stalled

RUBY = next(language for language in LANGUAGES if language.name == "ruby")
STEPS = Path("motia/steps")


class LoadedWorker(WorkerProcess):
    """A worker that has loaded files; `manifest` is what it said of them."""

    manifest: LoadedManifest


Worker = Callable[..., LoadedWorker]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / STEPS).mkdir(parents=True)
    return tmp_path


@pytest.fixture
def worker(project: Path) -> Iterator[Worker]:
    """A worker that has loaded step files: name to source."""
    if shutil.which("ruby") is None:
        pytest.skip("ruby is not installed")
    started: list[LoadedWorker] = []

    def begin(source: str = "", *, files: dict[str, str] | None = None, **hello: int) -> LoadedWorker:
        written = {"one.rb": source} if files is None else files
        for name, text in written.items():
            path = project / STEPS / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        paths = tuple(str(STEPS / name) for name in written if not name.startswith("lib/"))
        process = LoadedWorker(msgspec.structs.replace(RUBY, root=str(project), files=paths), **hello)
        started.append(process)
        process.greet()
        process.manifest = process.load()
        return process

    yield begin
    for process in started:
        process.close()


def failure_of(process: WorkerProcess, step: str, payload: object = None) -> Failure:
    process.invoke(step, payload)
    while isinstance(answer := process.next(), Stalled):  # what takes long on a busy machine
        pass
    assert isinstance(answer, Failure), answer
    return answer


def lives(process: WorkerProcess) -> bool:
    process.send(Ping(token=77))
    return process.next() == Pong(token=77)


@pytest.mark.parametrize(
    ("body", "name", "text"),
    [
        ("exit", "SystemExit", "exit(0)"),
        ("abort('over')", "SystemExit", "exit(1)"),
        ("throw :nobody", "UncaughtThrowError", "nobody"),
        ("raise NotImplementedError, 'later'", "NotImplementedError", "later"),
        ("raise NoMemoryError", "NoMemoryError", ""),
        ("raise Exception, 'the root'", "Exception", "the root"),
        ("raise Interrupt", "Interrupt", ""),
        ("eval('1 +')", "SyntaxError", "syntax error"),
        ("require 'no_such_library'", "LoadError", "no_such_library"),
        ("dive = ->(n) { dive.(n + 1) }; dive.(0)", "SystemStackError", "stack level"),
        ("Thread.exit", "ThreadEnded", "Thread"),
        ("Thread.current.kill", "ThreadEnded", "Thread"),
        ("Thread.main.kill", "SystemExit", ""),
        ("loop { raise StopIteration }; raise StopIteration, 'enough'", "StopIteration", "enough"),
        ("Float::NAN", "ResultNotJson", "the number NaN"),
        ("a = []; a << a; a", "ResultNotJson", "circular"),
        ("'x' * 100_000_000", "PayloadTooLarge", "100000002"),
        ('"\\xff"', "ResultNotJson", "not UTF-8"),
        ("{ 1 => 2 }", "ResultNotJson", "the key 1"),
        ("{ 'a' => 1, a: 2 }", "ResultNotJson", "twice"),
        ("{ deep: [Object.new] }", "ResultNotJson", "/deep/0"),
        ("require 'bigdecimal'; BigDecimal('1.5')", "ResultNotJson", "BigDecimal"),
        (
            "class << (e = RuntimeError.new); def message = raise('no'); end; raise e",
            "RuntimeError",
            "cannot be read",
        ),
    ],
)
def test_whatever_a_handler_raises_is_the_failure_of_its_run_alone(
    worker: Worker, body: str, name: str, text: str
):
    process = worker(f"require 'motia'\nevent(id: 'breaks') {{ {body} }}\nevent(id: 'ok') {{ 1 }}\n")

    failure = failure_of(process, "breaks")

    assert (failure.name, text in failure.message) == (name, True), failure
    process.invoke("ok")
    assert process.value() == 1


@pytest.mark.parametrize(
    "body",
    [
        "Thread.main.raise(RuntimeError, 'into main')",
        "Thread.new { exit }.join",
        "Thread.new { abort }.join",
        "Thread.abort_on_exception = true; Thread.new { raise 'x' }.join(1) rescue nil",
        "Process.kill(:TERM, Process.pid)",
        "Process.kill(:INT, Process.pid)",
        "ObjectSpace.each_object(Thread) { |t| t.raise(RuntimeError, 'all') unless t == Thread.current }",
        "(Thread.list - [Thread.current]).each(&:kill)",
        "fork { puts 'child'; exit!(3) }; Process.wait",
        "fork { trigger('x') rescue 0 }; Process.wait",
        "if (pid = fork).nil? then :child else Process.wait(pid) end",
        "system('echo out; echo err >&2')",
        "GC.start; GC.compact if GC.respond_to?(:compact)",
        "$stdout = StringIO.new; puts 1; $stdout = STDOUT",
    ],
)
def test_the_worker_outlives_what_a_handler_does_to_its_process(worker: Worker, body: str):
    process = worker(
        "require 'motia'\nrequire 'stringio'\n"
        f"event(id: 'does') {{ {body}\n'done' }}\nevent(id: 'ok') {{ 1 }}\n"
    )

    process.invoke("does")
    answer = process.answer()

    assert isinstance(answer, Result | Failure)
    assert lives(process)
    process.invoke("ok", number=2)
    assert process.value() == 1
    assert process.drain() == 0


@pytest.mark.parametrize("act", ["t.raise('not for you')", "t.kill"])
def test_what_is_done_to_idle_threads_meets_no_later_invocation(worker: Worker, act: str):
    together = 4
    process = worker(
        "require 'motia'\n"
        "LOCK, ALL_IN = Mutex.new, ConditionVariable.new\n"
        "event(id: 'meets', concurrency: 4) do |payload|\n"
        "  LOCK.synchronize do\n"
        "    $inside = ($inside || 0) + 1\n"
        "    ALL_IN.broadcast\n"
        "    ALL_IN.wait(LOCK) until $inside >= payload\n"
        "  end\n"
        "  1\n"
        "end\n"
        "event(id: 'raises') do\n"
        f"  Thread.list.each {{ |t| {act} unless [Thread.current, Thread.main].include?(t) }}\n"
        "end\n"
    )

    for number in range(together):
        process.invoke("meets", together, number=1 + number)
    first = [process.answer() for _ in range(together)]
    process.invoke("raises", number=10)
    process.answer()
    for number in range(together):
        process.invoke("meets", 2 * together, number=11 + number)
    second = [process.answer() for _ in range(together)]

    assert [type(answer) for answer in first + second] == [Result] * 2 * together, second
    assert process.drain() == 0


def test_exit_without_ensure_fails_its_run_alone(worker: Worker):
    process = worker("require 'motia'\nevent(id: 'ends') { exit!(9) }\nevent(id: 'goes-on') { 1 }\n")

    process.invoke("ends", number=1)
    failure = process.answer()
    process.invoke("goes-on", number=2)

    assert isinstance(failure, Failure)
    assert "exit!" in failure.message
    assert process.value() == 1


def test_the_socket_is_hidden_from_steps_and_their_children(worker: Worker):
    process = worker(
        "require 'motia'\n"
        "event(id: 'looks') { [ENV.key?('MOTIA_WORKER_FD'), `ls -l /proc/self/fd`.scan(/socket:/).size] }\n"
    )

    process.invoke("looks")

    assert process.value() == [False, 0]


@pytest.mark.parametrize(
    "body",
    [
        "nil while true",
        "loop { begin; sleep; rescue => e; retry; end }",
        "Queue.new.pop",
        "Mutex.new.then { |m| m.lock; Thread.new { m.lock }.join }",
        "IO.pipe.first.read",
        "trigger('other')",
        "Timeout.timeout(3600) { sleep }",
        "Thread.new { sleep }.join",
        "background { sleep }.value",
        "Enumerator.new { |y| sleep; y << 1 }.next",
    ],
)
def test_a_cancel_ends_a_handler_wherever_it_waits(worker: Worker, body: str):
    process = worker(
        f"require 'motia'\nrequire 'timeout'\nevent(id: 'waits') {{ logger.info('entered'); {body} }}\n"
        "event(id: 'ok') { 1 }\n"
    )
    process.invoke("waits")
    process.until_log("entered")

    process.send(Cancel(invocation=1, reason="timeout"))

    message = process.next()
    if not isinstance(message, Failure):  # the call that goes on: the answer waits for its reply
        process.reply(message, {"runId": "r", "traceId": "t"})
        message = process.answer()
    assert isinstance(message, Failure)
    assert (message.name, message.kind) == ("Cancelled", "cancelled")
    process.invoke("ok", number=2)
    assert process.value() == 1


def test_ensure_runs_when_a_handler_is_cancelled_and_rescue_does_not_take_it(worker: Worker):
    process = worker(
        "require 'motia'\n"
        "event id: 'careful' do |ctx:|\n"
        "  logger.info('entered')\n"
        "  begin\n    sleep\n  rescue => e\n    logger.info('rescued')\n"
        '  ensure\n    logger.info("cleaned #{ctx.signal.reason}")\n  end\nend\n'
    )
    process.invoke("careful")
    process.until_log("entered")

    process.send(Cancel(invocation=1, reason="shutdown"))

    answer = process.answer()
    assert isinstance(answer, Failure)
    assert [log.message for log in process.logs] == ["cleaned shutdown"]


def test_a_cancel_that_comes_with_the_answer_does_not_reach_the_next_handler(worker: Worker):
    process = worker("require 'motia'\nevent(id: 'quick') { 1 }\nevent(id: 'next') { sleep 0.002; 2 }\n")

    for number in range(1, 200, 2):
        process.invoke("quick", number=number)
        process.send(Cancel(invocation=number, reason="timeout"))
        process.answer()
        process.invoke("next", number=number + 1)
        assert process.value() == 2


def test_threads_and_fibers_of_a_handler_log_for_its_run(worker: Worker):
    process = worker(
        "require 'motia'\n"
        "event(id: 'talks') do\n"
        "  puts 'one'\n  $stdout.print(\"tw\", \"o\\n\")\n  STDOUT.puts 'three'\n"
        "  warn 'four'\n  $stderr << \"five\\n\"\n"
        "  Thread.new { puts 'six' }.join\n  Fiber.new { puts 'seven' }.resume\n"
        "  Enumerator.new { |y| puts 'eight'; y << 1 }.next\n  p :nine\n"
        "  Thread.new { Thread.new { logger.info('ten') }.join }.join\n  print 'eleven'\n  nil\nend\n"
    )

    process.invoke("talks", number=5)

    process.answer()
    said = [(log.invocation, log.message) for log in process.logs]
    words = ["one", "two", "three", "four", "five", "six", "seven", "eight", ":nine", "ten", "eleven"]
    assert said == [(5, word) for word in words]
    assert {log.source for log in process.logs} == {"print", "stderr", "logger"}


def test_the_logger_of_ruby_writes_lines_of_the_run(worker: Worker):
    process = worker(
        "require 'motia'\nrequire 'logger'\nlog = ::Logger.new($stdout)\nevent(id: 'talks') { log.warn('careful') }\n"
    )

    process.invoke("talks", number=5)

    process.answer()
    assert [log.invocation for log in process.logs] == [5]
    assert "careful" in process.logs[0].message


def test_a_background_block_is_waited_for_and_its_error_is_logged(worker: Worker):
    process = worker(
        "require 'motia'\n"
        "event(id: 'starts') { background { sleep 0.1; raise 'lost' }; 'left' }\n"
        "event(id: 'asks') { (background { raise 'seen' }).value rescue $!.message }\n"
    )

    process.invoke("starts")
    assert process.value() == "left"
    assert any("lost" in log.message and log.invocation == 1 for log in process.logs)

    process.logs.clear()
    process.invoke("asks")
    assert process.value() == "seen"
    assert process.logs == []


def test_a_thread_that_goes_on_after_the_answer_may_not_trigger(worker: Worker):
    process = worker(
        "require 'motia'\n$late = Queue.new\n"
        "event(id: 'leaves') do\n"
        "  Thread.new { $late.pop; begin; trigger('x'); rescue => e; $late << e.class.name; end }\n  1\nend\n"
        "event(id: 'asks') { $late << :go; sleep 0.1; $late.pop }\n"
    )

    process.invoke("leaves")
    process.value()
    process.invoke("asks", number=2)

    assert process.value() == "Motia::InvocationOver"


@pytest.mark.parametrize(
    ("source", "code", "line", "text"),
    [
        ("require 'motia'\n\nevent(id: 'x') {\n", "syntax-error", 3, ""),
        ("\nrequire 'nobody/has/this'\n", "import-error", 2, "nobody/has/this"),
        ("require_relative 'not_there'\n", "import-error", 1, "motia/steps/not_there"),
        ("x = 1\nundefined_word\n", "load-error", 2, "undefined_word"),
        ("exit 3\n", "load-error", 1, "exit(3)"),
        ("abort 'no'\n", "load-error", 1, "exit(1)"),
        ("throw :ball\n", "load-error", 1, "ball"),
        ("def f = f\nf\n", "load-error", 1, "SystemStackError"),
        ("raise Exception, 'all'\n", "load-error", 1, "all"),
        ("require 'motia'\nevent(id: 'x', retrys: 3) { }\n", "unknown-option", 2, "retrys"),
        ("require 'motia'\nevent(id: 'x', schema: { a: 5 }) { }\n", "schema-unreadable", 2, "5"),
        ("require 'motia'\nevent(id: 'x', schema: { a: String }) { |b:| }\n", "signature-mismatch", 2, '"b"'),
        ("require 'motia'\nevent(id: 'x') { |*all| }\n", "signature-mismatch", 2, "*rest"),
        ("require 'motia'\nevent id: 'x'\n", "not-a-function", 2, "block"),
        ("require 'motia'\ncron(id: 'x') { }\n", "missing-option", 2, "schedule"),
        ("require 'motia'\napi(id: 'x', path: 'y') { }\n", "invalid-option", 2, "slash"),
        ("require 'motia'\non_start { |x| }\n", "signature-mismatch", 2, "on_start"),
        ("require 'motia'\n\non_start { raise 'no pool' }\n", "start-hook-failed", 3, "no pool"),
        ("class String; def shout = upcase + '!'; end\n", "constant-shadowed", 1, "String"),
    ],
)
def test_what_is_wrong_with_a_file_is_a_fault_with_its_line(
    worker: Worker, source: str, code: str, line: int, text: str
):
    process = worker(files={"bad.rb": source, "good.rb": "require 'motia'\nevent(id: 'ok') { 1 }\n"})

    manifest: LoadedManifest = process.manifest

    fault = manifest.faults[0]
    assert all(other.severity == "warning" for other in manifest.faults[1:])
    assert (fault.code, fault.file) == (code, "motia/steps/bad.rb"), fault
    if code != "syntax-error":
        assert fault.line == line, fault
    assert text in fault.message + fault.hint, fault
    process.invoke("ok")
    assert process.value() == 1


def test_a_missing_gem_is_named_with_the_command_that_gets_it(worker: Worker, project: Path):
    process = worker("require 'sidekiq/api'\n")
    assert "gem install sidekiq" in process.manifest.faults[0].hint

    (project / "Gemfile").write_text("source 'https://rubygems.org'\n")
    process = worker("require 'sidekiq/api'\n")
    assert "bundle add sidekiq" in process.manifest.faults[0].hint


def test_an_error_in_a_required_file_names_both_places(worker: Worker):
    process = worker(
        files={"bad.rb": "\nrequire_relative 'lib/part'\n", "lib/part.rb": "x = 1\nraise 'inside'\n"}
    )

    (fault,) = process.manifest.faults

    assert (fault.file, fault.line, fault.also) == ("motia/steps/bad.rb", 2, "motia/steps/lib/part.rb:2")


def test_methods_and_constants_of_two_files_do_not_meet(worker: Worker):
    one = "require 'motia'\nLIMIT = {0}\ndef own = {0}\nclass Thing; def v = {0}; end\n"
    step = "event(id: '{0}') {{ [LIMIT, own, Thing.new.v] }}\n"
    process = worker(files={f"f{n}.rb": one.format(n) + step.format(n) for n in (1, 2)})

    process.invoke("1")
    assert process.value() == [1, 1, 1]
    process.invoke("2")
    assert process.value() == [2, 2, 2]


def test_modules_that_are_required_in_any_way_are_known(worker: Worker):
    process = worker(
        files={
            "a.rb": "require_relative 'lib/direct'\nrequire 'steps/lib/by_path'\n",
            "b.rb": "Dir[File.join(__dir__, 'lib', 'dynamic*')].each { |file| require file }\n"
            "require 'motia'\nevent(id: 'x') { require_relative 'lib/lazy' }\n",
            "lib/direct.rb": "require_relative 'inner'\n",
            "lib/inner.rb": "",
            "lib/by_path.rb": "",
            "lib/dynamic.rb": "",
            "lib/lazy.rb": "",
        }
    )

    modules = process.manifest.file_modules

    named = {file: {Path(one).stem for one in modules[f"motia/steps/{file}"]} for file in ("a.rb", "b.rb")}
    assert named == {"a.rb": {"direct", "inner", "by_path"}, "b.rb": {"dynamic", "lazy"}}


def test_a_child_process_of_a_handler_says_nothing_to_the_engine(worker: Worker):
    process = worker(
        "require 'motia'\n"
        "event id: 'forks' do\n"
        "  reader, writer = IO.pipe\n"
        "  fork { writer.puts((trigger('x') rescue $!.class.name)); logger.info('from the child'); exit!(0) }\n"
        "  Process.wait\n  writer.close\n  reader.read.strip\nend\n"
    )

    process.invoke("forks")

    assert process.value() == "Motia::NotInHandler"
    assert process.logs == []


def test_an_endless_computation_does_not_stop_pings_or_other_handlers(worker: Worker):
    process = worker(
        "require 'motia'\nevent(id: 'loops') { logger.info('entered'); nil while true }\nevent(id: 'ok') { 1 }\n"
    )
    process.invoke("loops")
    process.until_log("entered")

    assert lives(process)
    process.invoke("ok", number=2)
    assert process.value() == 1


def test_sigterm_leaves_the_children_of_handlers_their_own_default(worker: Worker):
    process = worker(
        "require 'motia'\nevent id: 'spawns' do\n"
        "  pid = spawn('sleep 60')\n  Process.kill(:TERM, pid)\n  Process.wait2(pid)[1].termsig\nend\n"
    )

    process.invoke("spawns")

    assert process.value() == signal.SIGTERM
