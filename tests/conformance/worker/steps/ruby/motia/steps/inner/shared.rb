# frozen_string_literal: true

# A helper that declares no step.
module Shared
  def self.prefix(value)
    { read: value }
  end
end
