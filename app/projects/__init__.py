"""项目: what is built, under which permit, by whom; units, permits, applications, reviews."""
