"""Experience: belonging and safety as pupils said them, who answered, and who did not."""
