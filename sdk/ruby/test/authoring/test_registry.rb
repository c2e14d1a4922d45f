# frozen_string_literal: true

require 'support'

class TestRegistry < MotiaTest
  def test_outside_a_worker_a_wrong_declaration_raises_and_a_right_one_can_be_called
    assert_raises(Motia::StepFault) { Motia.event(id: 'a', nobody: 1) { 1 } }
    assert_equal 3, Motia.event(id: 'a') { |n:| n + 1 }.handler.call(n: 2)
  end

  def test_a_file_that_fails_leaves_nothing_of_its_own
    collector = declared { event(id: 'kept') { 1 } }
    hook = ->(file) { Motia::Hook.new(moment: 'start', block: nil, file: file, line: 1) }
    step = ->(file) { Motia::StepDefinition.new(spec: { id: 'x', source: { file: file } }) }
    collector.steps.push(step.call('half.rb'), step.call('other.rb'))
    collector.hooks.push(hook.call('half.rb'), hook.call('other.rb'))

    collector.rewind('half.rb', steps: 1, hooks: 0)

    assert_equal ['authoring/test_registry.rb', 'other.rb'], collector.steps.map { |one| one.spec[:source][:file] }
    assert_equal ['other.rb'], collector.hooks.map(&:file)
  end

  def test_files_are_named_relative_to_the_project
    collector = Motia::Collector.new(__dir__)

    assert_equal ['test_registry.rb', '/nowhere/x.rb'], [collector.relative(__FILE__), collector.relative('/nowhere/x.rb')]
  end
end
