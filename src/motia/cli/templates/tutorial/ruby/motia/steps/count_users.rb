# frozen_string_literal: true

# Runs every hour; try it at once with `motia cron run count-users`.

require "motia"

cron id: "count-users", schedule: "0 * * * *", flows: ["users"] do
  users = state.list("users").size
  logger.info("users counted", users: users)
  { users: users }
end
