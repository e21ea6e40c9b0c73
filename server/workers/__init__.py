"""Let worker processes touch the graph: none of them reaches a network, and each of them may end."""
