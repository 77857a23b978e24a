"""What a task costs on each model, how well it is done, and which model to use for it."""
