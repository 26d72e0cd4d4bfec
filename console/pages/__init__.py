"""The pages one by one: each a function that reads or does something, and fills a template."""
