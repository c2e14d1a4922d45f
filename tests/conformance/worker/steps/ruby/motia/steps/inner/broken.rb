# frozen_string_literal: true

require 'motia'

event id: 'half' do
  1
end

def (
