"""Harm: what followed being listed, beside pupils just below the cut. The list is for support, never for sanction."""
