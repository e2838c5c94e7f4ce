"""From hits to an answer in which every sentence is supported."""
