"""How far customers come who begin without a fee."""
