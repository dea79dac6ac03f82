"""工资: payrolls, their lines and the bank's receipts."""
