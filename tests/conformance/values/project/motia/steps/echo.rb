# frozen_string_literal: true

# Gives back what it gets, and hands on what it gets to another step.

require "motia"

event(id: "echo-ruby") { |payload| payload }

event(id: "relay-ruby") { |target:, value:| { value: call(target, value) } }
