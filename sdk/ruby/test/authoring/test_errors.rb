# frozen_string_literal: true

require 'support'

class TestErrors < MotiaTest
  def test_errors_of_the_engine_have_classes
    read = ->(fields) { Motia::RemoteErrors.read({ 'code' => '', 'message' => 'm' }.merge(fields)) }

    assert_instance_of Motia::QueueFull, read.call({ 'code' => 'queue-full', 'kind' => 'world' })
    assert_instance_of Motia::PayloadInvalid, read.call({ 'code' => 'payload-invalid', 'problems' => [{ 'path' => '/a', 'message' => 'x' }] })
    assert_equal 'inner', read.call({ 'kind' => 'run', 'error' => { 'name' => 'inner' } }).error['name']
    unknown = read.call({ 'code' => 'new-thing', 'kind' => 'world' })
    assert_equal [Motia::WorldError, 'new-thing'], [unknown.class, unknown.code]
  end
end
