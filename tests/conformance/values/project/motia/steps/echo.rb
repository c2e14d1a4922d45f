# frozen_string_literal: true

# Gives back what it gets, and hands on what it gets to another step.

require "motia"

event(id: "echo-ruby", retries: 0) { |payload| payload }

event(id: "relay-ruby", retries: 0) { |target:, value:| { value: call(target, value) } }
