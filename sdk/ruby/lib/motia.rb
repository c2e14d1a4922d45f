# frozen_string_literal: true

# What an author's code requires: the words of step files, and the module Motia for code outside them.
#
# `HttpError`, `Fatal` and `RetryAfter` may be written without `Motia::`. They are no constants of Object,
# where they would clash with a class of the same name in a project or gem: they are found only where
# nothing else of that name is.

require 'motia/version'
require 'motia/authoring/steps'

# Event steps, api steps and cron steps, side by side with other languages.
module Motia
  extend Steps::Dsl

  # Finds the outcomes where nothing else has their name.
  module OutcomeNames
    NAMES = { HttpError: HttpError, Fatal: Fatal, RetryAfter: RetryAfter }.freeze

    def const_missing(name)
      NAMES[name] || super
    end
  end
  private_constant :OutcomeNames
  Module.prepend(OutcomeNames)
end

TOPLEVEL_BINDING.receiver.extend(Motia::Steps::Dsl)
