"""From an interaction to its answer: actions, pipeline, errors and what is cached for them."""
