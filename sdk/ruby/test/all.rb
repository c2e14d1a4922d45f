# frozen_string_literal: true

# Runs every test: ruby -w -Ilib -Itest test/all.rb [-- minitest options]

require 'support'

Dir[File.join(__dir__, '**', 'test_*.rb')].sort.each { |file| require file }
