# frozen_string_literal: true

# The version of the library.
module Motia
  # Version of the library; always that of the engine it came with.
  VERSION = '0.1.0'
end
