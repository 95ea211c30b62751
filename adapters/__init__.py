"""How the world is reached: one folder a platform, strangers to one another."""
