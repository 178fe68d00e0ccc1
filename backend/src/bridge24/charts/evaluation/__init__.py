"""How well questions become charts: cases with known answers, and what a model made of them."""
