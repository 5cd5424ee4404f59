"""Write serverless.yml, and the code, from deployed functions."""
