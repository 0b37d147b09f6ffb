"""Reading with a language model: the question put to it, and what is taken of its answer."""
