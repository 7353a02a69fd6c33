"""Training data: annotated pictures, dialogue trees, decision examples."""
