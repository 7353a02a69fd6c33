"""GamePortal: the catalogue of games (`portals.json`) and the choice among them."""
