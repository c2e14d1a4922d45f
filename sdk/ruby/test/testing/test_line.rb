# frozen_string_literal: true

require_relative "world"

class TestLine < Minitest::Test
  include TestingWorld

  def open_line(root, start_timeout: 20)
    Motia::Testing::Line.new(root: root, arguments: ["--seed", "7"], env: {}, start_timeout: start_timeout)
  end

  def test_an_order_has_its_own_answer_whatever_comes_between
    line = open_line(project("tell(log: { text: op }); tell(id: id, value: [op, args, ARGV])"))

    answer = line.order("one", { a: 1 })
    line.stop

    assert_equal ["one", { "a" => 1 }, ["serve-test", "--project", @folder, "--seed", "7"]], answer
    assert_equal ["one"], line.logs
    assert_equal "http://127.0.0.1:9", line.api
  end

  def test_a_refusal_is_an_error_with_the_code_and_the_hint
    line = open_line(project('tell(id: id, error: { code: "x", message: "no", hint: "do", details: [1] })'))

    error = assert_raises(Motia::Testing::EngineError) { line.order("trigger") }
    line.stop

    assert_equal ["x", "no\ndo", [1]], [error.code, error.message, error.details]
  end

  def test_a_project_that_cannot_be_started_says_why
    root = project("", start: 'tell(failed: { code: "start", message: "1 fault: a.rb:3" }); exit 1')

    error = assert_raises(Motia::Testing::EngineError) { open_line(root) }

    assert_includes error.message, "1 fault: a.rb:3"
  end

  def test_an_engine_that_ends_ends_the_wait_with_its_last_lines
    line = open_line(project('warn "out of memory"; exit! 9'))

    error = assert_raises(Motia::Testing::EngineError) { line.order("runs") }
    line.stop

    assert_match(/exit 9\n  out of memory/, error.message)
    assert_raises(Motia::Testing::EngineError) { line.order("runs") }
  end

  def test_an_engine_that_does_not_answer_in_time_is_ended
    error = assert_raises(Motia::Testing::EngineError) { open_line(project("", start: ""), start_timeout: 0.5) }

    assert_includes error.message, "SIGKILL"
  end

  def test_only_the_last_lines_of_a_log_are_kept
    line = open_line(project("600.times { |n| tell(log: { text: n.to_s }) }; tell(id: id)"))

    line.order("fill")
    line.stop

    assert_equal [500, "599"], [line.logs.size, line.logs.last]
  end

  def test_stop_is_safe_twice
    line = open_line(project(""))

    2.times { line.stop }
  end
end
