"""What the bot does. It knows no platform: adapters and the scheduler import it, never the other way round."""
