"""What follows from the removal of services, for the services that stay and for what only the removed ones used."""
