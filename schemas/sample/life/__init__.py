"""The parts a project's life is told from: flow, project, cases, permits, fire, services."""
