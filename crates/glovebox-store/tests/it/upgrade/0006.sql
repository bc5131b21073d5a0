-- Rows as a house of schema 6 wrote them, beside those of the schemas before.

