# frozen_string_literal: true

require 'support'

class TestLogger < MotiaTest
  def lines(&block)
    port = RecordingPort.new
    inside(invocation(port: port), &block)
    port.lines
  end

  def test_fields_come_as_keywords_or_as_a_hash
    found = lines do
      Motia.logger.info('sent', phone: '1')
      Motia.logger.debug('both', { 'a' => 1 }, b: 2)
      Motia.logger.warn(:odd, 5)
    end

    assert_equal [['info', 'sent', { 'phone' => '1' }, 'logger'], ['debug', 'both', { 'a' => 1, 'b' => 2 }, 'logger'],
                  ['warn', 'odd', { 'fields' => 5 }, 'logger']], found
  end

  def test_nothing_that_is_logged_raises
    rude = Object.new
    def rude.to_s = raise('no')
    def rude.inspect = raise('no')

    found = lines do
      Motia.logger.error(RuntimeError.new('broken'))
      Motia.logger.error('with', error: RuntimeError.new('inner'), rude: rude)
      Motia.logger.info(rude)
    end

    assert_includes found[0][1], 'RuntimeError: broken'
    assert_includes found[1][2]['error'], 'inner'
    assert_equal '#<Object>', found[2][1]
  end

  def test_outside_a_run_lines_go_to_standard_error
    assert_output(nil, "info: hello {\"a\":1}\n") { Motia.logger.info('hello', a: 1) }
  end
end
