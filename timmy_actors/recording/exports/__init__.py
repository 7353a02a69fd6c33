"""Episodes in the formats of trainers and other harnesses."""
