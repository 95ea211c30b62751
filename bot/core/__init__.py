"""The vocabulary every feature and every adapter speaks: people, places, cards, forms, interactions, ports."""
