# frozen_string_literal: true

# Each test starts an engine of its own for the project, with a clock that the test turns: nothing here sleeps.

require "minitest/autorun"
require "motia/testing"

class UsersTest < Minitest::Test
  ADA = { "name" => "Ada", "email" => "ada@example.com" }.freeze

  def test_a_new_user_is_answered_and_can_be_read
    Motia::Testing.app do |client|
      created = client.request("POST", "/users", json: ADA)
      read = client.request("GET", "/users/#{created.json["id"]}")

      assert_equal 201, created.status
      assert_equal({ "id" => created.json["id"], **ADA }, read.json)
    end
  end

  def test_a_user_without_an_email_is_refused
    Motia::Testing.app do |client|
      assert_equal 422, client.request("POST", "/users", json: { name: "Ada" }).status
    end
  end

  def test_a_new_user_starts_both_background_steps
    Motia::Testing.app do |client|
      client.request("POST", "/users", json: ADA)
      client.wait_idle

      runs = client.runs.map { |run| "#{run.step} #{run.state}" }
      assert_equal ["analyze-user completed", "send-welcome-email completed"], runs.sort
    end
  end

  def test_a_letter_that_cannot_be_sent_is_tried_again_later_and_later_then_given_up
    Motia::Testing.app do |client|
      client.request("POST", "/users", json: { name: "Bob", email: "bob@example.invalid" })
      client.advance(minutes: 1)

      assert_equal 4, client.runs(step: "send-welcome-email", state: "dead").size
      assert_equal 4, client.state("incidents").size
    end
  end
end
