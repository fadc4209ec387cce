"""Target: a provincial gateway over HTTP, one service per table, JSON in UTF-8.

The protocol, as the province's side has to speak it (``{base}`` is the stored connection's URL):

Write — ``POST {base}/{TABLE}``::

    {"batch": "<64 hex>", "rows": [{"DFSJZJ": "…", "SJYXBS": "1", "SJSCZT": "0", …}, …]}

  Each row holds every column of the table except LSH and SBYY; values are text or null. ``batch``
  is the SHA-256 of the table and the rows, so the same rows always make the same batch; it is also
  sent as header ``Idempotency-Key``. The gateway need not look at it: nothing here relies on it.
  Answer 200, one result per row, in order::

    {"results": [{"code": 0, "LSH": "<32 characters>"|null, "message": "成功"}, …]}

  ``code`` 0: written. 4xx (400, 409, 422): this row is refused for good, ``message`` says why.
  Any other code: this row was not written, it may be sent again later.

Query — ``POST {base}/{TABLE}/query`` by business key and validity, or by serial number::

    {"keys": [{"XZQHDM": "…", "GCDM": "…", "SJYXBS": "1"}, {"LSH": "…"}, …]}

  Answer 200: for each key, in order, all rows with it, oldest first, every column of the table::

    {"results": [[{"LSH": "…", "SJSCZT": "2", "SBYY": "…", "DFSJZJ": "…", …}, …], [], …]}

Answers other than 200 hold for the whole request. 400, 413 and 422 refuse the content (the rows are
then sent one by one, so that a poisonous row harms no other). 401, 403, 404 and 405 need a person.
425, 429 and 503 mean that nothing was written: later, after ``Retry-After`` seconds where given.
Any other status, a timeout or a connection broken after the request went out says nothing about
whether the rows were written: the outcome is unknown until asked for.

Each request is signed by the strategy named in the upstream file (``connectors.signers``) over
method, path, body and time.
"""

from __future__ import annotations
