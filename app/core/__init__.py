"""The platform: what every domain stands on. It knows no domain."""
