# frozen_string_literal: true

# The version of the library; always that of the engine it came with.

module Motia
  VERSION = '0.1.0'
end
