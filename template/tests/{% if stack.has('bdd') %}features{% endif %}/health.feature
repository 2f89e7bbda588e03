Feature: Health
  Every service says whether it is well, so that nothing is sent to one that is not.

  Scenario: Every process is alive
    When every service is asked for its "live" health
    Then each of them says "ok"

  Scenario: Every service has all that it needs
    When every service is asked for its "ready" health
    Then each of them says "ok"
