"""The world around the exchange, as processes of their own: counties and the province.

They speak the real protocols (front databases, files, HTTP), share nothing with the exchange but
the standard's text under ``schemas``, and are started as processes, never imported by it.
"""
