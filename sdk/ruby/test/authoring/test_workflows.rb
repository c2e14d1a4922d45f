# frozen_string_literal: true

require 'support'

class TestWorkflows < MotiaTest
  OPTIONS = { id: 'order', start: 'place', steps: { charge: {} } }.freeze

  def test_options_come_back_and_are_collected_only_when_asked_for
    assert_equal OPTIONS, Motia.workflow(**OPTIONS)

    declared = Motia::Workflows.collect { Motia.workflow(OPTIONS) }

    assert_equal [{ 'id' => 'order', 'start' => 'place', 'steps' => { 'charge' => {} } }], declared.map { |one| one[:options] }
    assert_equal [[__FILE__, __LINE__ - 3]], declared.map { |one| one.values_at(:file, :line) }
  end

  def test_a_step_file_is_told_that_nobody_reads_its_workflow
    collector = declared { workflow(**OPTIONS) }

    assert_equal ['workflow-misplaced'], (collector.faults.map { |fault| fault[:code] })
    assert_includes collector.faults.first[:message], '"order"'
  end

  def test_what_is_no_json_is_collected_with_the_reason
    declared = Motia::Workflows.collect { Motia.workflow(steps: { charge: { with: { at: Object.new } } }) }

    assert_includes declared.first[:problem], '/steps/charge/with/at'
  end
end
