"""Everything a school may set, as commented YAML beside this file, read into frozen values."""
