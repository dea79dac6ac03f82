"""实名制: persons, their stays on projects, teams, movements, specialists and managers."""
