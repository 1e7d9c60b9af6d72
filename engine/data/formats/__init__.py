"""The formats in which tools write boxes, regions and captions beside images: one module for each, and what they give."""
