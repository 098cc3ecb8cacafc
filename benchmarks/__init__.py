"""Speed, as ratios within one run on one machine; never asserted by the clock in a test."""
