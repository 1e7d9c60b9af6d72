"""Tables of published recipes, one module a kind of method. Torch-free; engine.paper_recipes reads them."""
