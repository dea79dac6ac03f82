"""预警: runs every domain's rules over the rows and keeps what they find."""
