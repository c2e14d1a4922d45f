# frozen_string_literal: true

# State and hooks of the conformance suite.

require 'motia'
require_relative 'inner/shared'

started = []

on_start do
  started << 'pool'
end

on_stop do
  logger.info('stop hook ran')
  puts 'closed'
end

event id: 'hooked' do
  started
end

event id: 'uses-state' do
  state.set('g', 'k', { a: 1 })
  read = state.get('g', 'k')
  state.increment('g', 'n', 2)
  state.delete('g', 'k')
  state.list('g', after: 'a', limit: 5)
  state.clear('g')
  state.update('g', 'k', [{ op: 'append', path: 'items', value: 1 }])
  state.compare_and_set('g', 'k', 5, version: 3)
  Shared.prefix(read)
end
