"""Where keys come from and where they rest."""
