"""事件记录: disputes and accidents, the people in them, and who is watched after them."""
