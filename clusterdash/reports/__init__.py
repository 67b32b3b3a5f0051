"""Results -> PDF, CSV, XLSX, JSON and calendar files."""
