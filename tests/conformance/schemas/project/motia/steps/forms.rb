# frozen_string_literal: true

# The form of Ruby, as an event and as an api step.

require "json"
require "motia"

ORDER = JSON.parse(File.read(File.expand_path("../lib/order.json", __dir__)))

event(id: "ruby", schema: ORDER) { |payload| payload }

api(id: "ruby-body", method: "POST", path: "/ruby", schema: { body: ORDER }) { |request| request.body }
