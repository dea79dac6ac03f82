"""审批与留痕: what happened to every record, and the jobs that run by themselves."""
