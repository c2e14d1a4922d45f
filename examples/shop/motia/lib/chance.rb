# frozen_string_literal: true

# Chance for the example, as in chance.py.

# A payment provider, carrier or mail server that did not answer.
class OutsideWorldError < StandardError; end

# Raise OutsideWorldError now and then.
def may_fail(what)
  raise OutsideWorldError, "#{what} did not answer" if rand < ENV.fetch("SHOP_FAILURE_RATE", "0.2").to_f
end
