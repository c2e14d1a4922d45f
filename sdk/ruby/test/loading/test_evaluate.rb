# frozen_string_literal: true

require 'fileutils'
require 'json'
require 'minitest/autorun'
require 'open3'
require 'tmpdir'

# What event files define, as the engine asks for it: by a process of its own.
class EvaluateTest < Minitest::Test
  SCRIPT = File.expand_path('../../lib/motia/loading/evaluate.rb', __dir__)
  FILE = 'motia/events/sms.sent.rb'

  # The answer for one file with this source.
  def answer(source, more = {}, asked: [FILE])
    Dir.mktmpdir do |root|
      { FILE => source, **more }.each do |name, text|
        path = File.join(root, name)
        FileUtils.mkdir_p(File.dirname(path))
        File.write(path, text)
      end
      out = File.join(root, 'out.json')
      printed, status = Open3.capture2e(RbConfig.ruby, '-w', SCRIPT, File.realpath(root), out, *asked)
      assert status.success?, printed
      JSON.parse(File.read(out))
    end
  end

  def exports(source)
    answer(source).fetch('files').fetch(FILE).fetch('exports')
  end

  def error(source)
    answer(source).fetch('files').fetch(FILE).fetch('error')
  end

  def test_the_hash_that_a_file_ends_with_is_the_schema_of_its_topic
    schema = exports("puts 'noise'\n{ phone: String, parts: [Integer] }\n").fetch('default').fetch('schema')

    assert_equal %w[phone parts], schema['required']
    assert_equal({ 'type' => 'integer' }, schema['properties']['parts']['items'])
  end

  def test_events_define_several_topics_with_their_line
    several = exports("\nEVENTS = { 'sms.failed' => { phone: String } }\n").fetch('events')

    assert_equal 2, several['map']['sms.failed']['line']
    assert_equal ['phone'], several['map']['sms.failed']['schema']['required']
  end

  def test_a_file_may_require_others_of_the_project
    found = answer("require 'lib/kinds'\n{ phone: Kinds::PHONE }", { 'lib/kinds.rb' => 'module Kinds; PHONE = String; end' })

    assert_equal ['lib/kinds.rb', FILE], found['read']
  end

  def test_of_a_workflow_file_the_calls_of_workflow_count
    flow = 'motia/workflows/order.rb'
    found = answer('', { flow => "require_relative '_steps'\n\nworkflow id: :order, steps: STEPS\nMotia.workflow({ id: Object.new })\n",
                         'motia/workflows/_steps.rb' => "STEPS = { charge: { after: :reserve } }.freeze\n" }, asked: [flow])

    one, two = found['workflows']
    assert_equal({ 'file' => flow, 'line' => 3, 'options' => { 'id' => 'order', 'steps' => { 'charge' => { 'after' => 'reserve' } } } }, one)
    assert_equal [flow, 4], two.values_at('file', 'line')
    assert_includes two['problem'], '/id'
    assert_equal({ flow => { 'exports' => {} } }, found['files'])
    assert_includes found['read'], 'motia/workflows/_steps.rb'
  end

  def test_a_file_without_a_schema_exports_nothing
    assert_equal({}, exports("def help; end\n"))
  end

  def test_a_file_that_raises_is_a_fault_with_its_line
    fault = error("x = 1\nraise \"bad \#{x}\"\n")

    assert_equal ['load-error', 2, 'RuntimeError: bad 1'], fault.values_at('code', 'line', 'message')
  end

  def test_a_file_that_exits_is_a_fault
    assert_equal ['load-error', 1], error("exit 3\n").values_at('code', 'line')
  end

  def test_what_is_no_schema_is_a_fault
    fault = error("\nEVENTS = { 'a' => { b: Object.new } }\n")

    assert_equal ['invalid-schema', 2], fault.values_at('code', 'line')
    assert_includes fault['message'], 'EVENTS["a"]["b"]'
  end
end
