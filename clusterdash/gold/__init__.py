"""The way to a label: evaluations, plans, chances, the binder; their sentences, tables, charts. Pure."""
