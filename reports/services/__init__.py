"""Services: how long pupils wait after a referral, who rises while waiting, and outcomes shared under an agreement."""
