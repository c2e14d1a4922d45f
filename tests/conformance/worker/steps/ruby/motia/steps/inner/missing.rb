# frozen_string_literal: true

require 'a_library_nobody_has'
