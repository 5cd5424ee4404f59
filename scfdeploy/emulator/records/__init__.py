"""What the account holds, and the rules that say what exists, where and in which state."""
