"""A package, so that its fixtures of package scope end with its last test, and the containers with them."""
