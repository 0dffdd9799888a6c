"""Answers as tables: CSV, NDJSON, an Arrow stream, Parquet or a workbook, on the one way of all answers."""
