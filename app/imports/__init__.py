"""批量导入: import jobs with templates, preview and result."""
