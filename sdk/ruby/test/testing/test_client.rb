# frozen_string_literal: true

require_relative "world"
require "socket"

class TestClient < Minitest::Test
  include TestingWorld

  ECHO = "tell(id: id, value: { op: op, args: args })"

  def using(answer = ECHO, start: 'tell(ready: { api: "http://127.0.0.1:9" })', &block)
    Motia::Testing.app(root: project(answer, start: start), &block)
  end

  def test_orders_have_the_words_of_the_engine_and_durations_are_seconds
    using do |client|
      accepted = client.trigger("a", { b: 1 }, delay: "500ms", idempotency_key: "k")

      assert_equal({ "target" => "a", "payload" => { "b" => 1 }, "delay" => 0.5, "key" => nil,
                     "idempotency_key" => "k", "priority" => 0 }, accepted["args"])
      assert_equal({ "op" => "state", "args" => { "group" => "users" } }, client.state("users"))
      assert_raises(ArgumentError) { client.advance("soon") }
    end
  end

  def test_the_clock_is_turned_by_any_measure
    using("tell(id: id, value: nil); tell(log: { text: args.to_json })") do |client|
      client.advance(90)
      client.advance("2m")
      client.advance(hours: 1, seconds: 5)
      client.wait_idle(timeout: "1s")
      client.wait_idle

      assert_equal ['{"seconds":90}', '{"seconds":120.0}', '{"seconds":3605}', '{"timeout":1.0}'], client.log.first(4)
    end
  end

  def test_call_returns_the_result_or_raises_with_the_run
    answers = '{ "trigger" => { runId: "r" }, "run" => { id: "r", step: "s", attempt: 2, **%s } }[op]'
    calling = lambda do |run|
      using("tell(id: id, value: #{format(answers, run)})") { |client| client.call("s") }
    end

    assert_equal 42, calling.call('{ state: "completed", result: 42 }')
    dead = assert_raises(Motia::Testing::RunFailed) { calling.call('{ state: "dead", error: "no" }') }
    assert_equal ["s failed after 2 attempts: no", "r"], [dead.message, dead.run.id]
    waiting = assert_raises(Motia::Testing::RunFailed) { calling.call('{ state: "retrying", error: "no" }') }
    assert_includes waiting.message, "is retrying (no): advance turns the clock"
  end

  def test_a_request_goes_to_the_api_and_its_answer_comes_back_whole
    server = TCPServer.new("127.0.0.1", 0)
    serving = Thread.new { answer_once(server) }

    answer = using(start: "tell(ready: { api: \"http://127.0.0.1:#{server.addr[1]}\" })") do |client|
      client.request("POST", "/users?x=1", json: { name: "Ada" }, query: { tag: %w[a b] }, headers: { "X-One" => "1" })
    end

    head = serving.value
    assert_includes head, "POST /users?x=1&tag=a&tag=b HTTP/1.1"
    assert_includes head.downcase, "content-type: application/json"
    assert_includes head.downcase, "x-one: 1"
    assert_equal [201, "1, 2", { "ä" => 1 }], [answer.status, answer.headers["x-a"], answer.json]
  ensure
    server&.close
  end

  def test_server_sent_events_are_decoded_where_they_are_json
    answer = Motia::Testing::Answer.new(status: 200, headers: {}, body: ": hi\n\ndata: {\"n\":1}\n\nevent: x\ndata: a\ndata: b\n\n")

    assert_equal [{ "n" => 1 }, "a\nb"], answer.events
  end

  private

  def answer_once(server)
    socket = server.accept
    head = +""
    head << socket.readline until head.end_with?("\r\n\r\n")
    socket.read(head[/content-length: (\d+)/i, 1].to_i)
    socket.write("HTTP/1.1 201 Created\r\nx-a: 1\r\nx-a: 2\r\nconnection: close\r\n\r\n{\"ä\":1}")
    socket.close
    head
  end
end
