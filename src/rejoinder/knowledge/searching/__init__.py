"""How a question finds what the knowledge base says: by its words, by its meaning, and by both fused."""
