"""TES3MP 0.8.1's packets: one table of layouts, and the codec that interprets it."""
