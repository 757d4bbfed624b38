"""From botocore's ECS model to `schemas/` and `pytest_ecsfake/api.py`; run by `tools/generate_schemas.py`."""
