"""Values to text: what a command gives, laid out for people or for programs. Words nothing, decides nothing."""
