"""What the artist chose, kept from day to day."""
