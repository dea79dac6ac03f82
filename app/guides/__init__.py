"""办事指南: what the government publishes and contractors, and the public, read."""
