"""What free tokens win and cost, and what a customer is worth that stays."""
