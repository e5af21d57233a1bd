"""Tests against things this project did not write: servers on loopback, started here (make test-servers).

Each server has a module that starts it (postgresql.py, mariadb.py), a fixture in conftest.py, and its tests
in test_….py, all marked ``servers``. Prism is started for one preset's descriptions after the other, by
test_prism.py itself. What has to be installed for them stands in packaging/servers.sh.
"""
