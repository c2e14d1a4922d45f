# frozen_string_literal: true

require 'support'

class TestAnswers < MotiaTest
  Answers = Motia::Worker::Answers

  def running(kind = 'event', run: 'r')
    message = { 'invocation' => 4, 'step' => 's', 'kind' => kind, 'trace' => 't', 'span' => 'p', 'run' => run }
    Motia::Worker::Running.new(message, nil, nil, nil, 0).tap { |one| one.entered_ns = 0 }
  end

  def said(frame)
    found = nil
    Motia::Protocol::FrameDecoder.new.feed(frame) { |one, blob| found = [one, blob] }
    found
  end

  def failure(error, one = running)
    said(Answers.failure(one, error, root: __dir__, stack_bytes_max: 1_000))[0]
  end

  def test_a_result_carries_its_value_and_times
    found, = said(Answers.result(running, { a: 2**70 }, bytes_max: 100))

    assert_equal ['result', 4, { 'a' => 2**70 }], found.values_at('type', 'invocation', 'value')
    assert_operator found['handler_us'], :>=, 0
  end

  def test_a_result_that_is_too_large_or_no_json_is_refused
    assert_equal 'PayloadTooLarge', assert_raises(Motia::Worker::ResultRefused) { Answers.result(running, 'x' * 200, bytes_max: 100) }.name
    assert_equal 'PayloadTooLarge', assert_raises(Motia::Worker::ResultRefused) { Answers.result(running, ['x' * 200], bytes_max: 100) }.name
    assert_equal 'ResultNotJson', assert_raises(Motia::Worker::ResultRefused) { Answers.result(running, Object.new, bytes_max: 100) }.name
  end

  def test_a_response_is_its_blob
    found, blob = said(Answers.response(running, Motia.response('hi', status: 201)))

    assert_equal [201, 'hi'], [found['status'], blob]
  end

  def test_errors_have_the_kind_that_the_engine_acts_on
    kinds = { RuntimeError.new => 'error', Motia::Fatal.new => 'fatal', Motia::RetryAfter.new(2) => 'retry_after',
              Motia::HttpError.new(404) => 'http', Motia::InputInvalid.new([]) => 'validation',
              Motia::Worker::ResultRefused.new('X', 'y') => 'fatal', Motia::QueueFull.new('full') => 'error',
              NoMemoryError.new => 'error', SystemExit.new => 'error' }

    kinds.each { |error, kind| assert_equal kind, failure(error)['kind'], error.class }
  end

  def test_a_busy_world_is_a_retry_for_a_request
    assert_equal 'retry_after', failure(Motia::QueueFull.new('full'), running('api', run: ''))['kind']
  end

  def test_cancelled_is_the_answer_only_of_a_run_that_was
    one = running
    assert_equal 'error', failure(Motia::Cancelled.new('x'), one)['kind']
    one.cancel('timeout')

    assert_equal ['cancelled', 'cancelled: timeout'], failure(Motia::Cancelled.new('x'), one).values_at('kind', 'message')
  end

  def test_details_and_headers_go_along
    found = failure(Motia::HttpError.new(409, 'taken', { by: Object }, headers: { 'X-Why' => 1 }))

    assert_equal [409, { 'by' => 'Object' }, [%w[x-why 1]]], found.values_at('status', 'details', 'headers')
  end
end
