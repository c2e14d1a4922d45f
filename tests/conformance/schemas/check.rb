# frozen_string_literal: true

# Gives payloads to a schema of Ruby: one line of problems for each, from cases on standard input.

require 'json'
require 'motia/schemas/reader'

cases = JSON.parse($stdin.read)
schema = Motia::Schemas.read(cases['json'], 'schema')
cases['values'].each do |value|
  schema.read(value, cases['where'])
  puts JSON.generate([])
rescue Motia::InputInvalid => error
  puts JSON.generate(error.problems.map { |one| [one.path, one.keyword, one.message] })
end
