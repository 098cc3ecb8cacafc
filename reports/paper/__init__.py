"""A report as a paper: figures, tables and charts in words, said once and shown as a page, a workbook or plain text."""
