"""What the end-to-end tests are made of: processes, configuration, clients. See conftest.py for the fixtures."""
