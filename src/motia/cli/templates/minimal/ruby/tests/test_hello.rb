# frozen_string_literal: true

# Starts an engine for the project inside the test.

require "minitest/autorun"
require "motia/testing"

class HelloTest < Minitest::Test
  def test_hello_greets_by_name
    Motia::Testing.app do |client|
      answer = client.request("GET", "/hello?name=Ada")

      assert_equal 200, answer.status
      assert_equal({ "message" => "Hello, Ada!" }, answer.json)
    end
  end
end
