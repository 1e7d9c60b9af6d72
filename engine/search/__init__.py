"""Search of settings by short runs: what is searched, who proposes, what is rewarded, and the record from which it goes on."""
