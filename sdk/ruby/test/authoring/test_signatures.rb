# frozen_string_literal: true

require 'support'

class TestSignatures < MotiaTest
  def signature(&block)
    Motia::Signature.of(Motia::Handlers.of(block))
  end

  def test_parameters_are_told_by_kind
    found = signature { |(a, _), b, c = 1, d:, e: 2, **rest| [a, b, c, d, e, rest] }

    assert_equal [[nil, true, true], [:b, true, true], [:c, true, false], [:d, false, true], [:e, false, false]],
                 found.parameters.map { |one| [one.key, one.positional, one.required] }
    assert found.takes_rest
    refute found.takes_splat
    assert signature { |*all| all }.takes_splat
  end

  def test_a_block_becomes_a_method_of_its_own_self_and_may_return
    handler = Motia::Handlers.of(proc { |n| return [n, self.class] if n })

    assert_equal [1, TestSignatures], handler.call(1)
    assert_empty singleton_methods.grep(/motia/)
    assert_raises(ArgumentError) { handler.call }
  end

  def test_lambdas_methods_and_frozen_receivers_work_too
    assert_equal 2, Motia::Handlers.of(->(n) { n + 1 }).call(1)
    assert_equal 1, Motia::Handlers.of(method(:Integer).to_proc).call('1')
    frozen = Object.new.freeze.instance_eval { proc { |n| n } }
    assert_equal 3, Motia::Handlers.of(frozen).call(3)
  end
end
