"""The pure rules of lending by text: what a text says, and what is answered."""
