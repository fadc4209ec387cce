"""The report on one judged file: one model, four forms of it (text, JSON, HTML, XLSX)."""
