"""How the exchange talks to others: sources it reads from and targets it writes to.

One file is one way of talking; one file under ``counties/`` is one body that sends data, one file
under ``upstreams/`` is one platform that receives it. Nothing here knows a rule.
"""
