"""The rules, one module each; a module is named like its rule and its docstring is the rule's public page."""
