"""An answer in a model's words: prompt, draft, and what of it stands."""
