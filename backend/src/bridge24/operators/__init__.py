"""The people who run the installation: accounts, sign-in, roles."""
