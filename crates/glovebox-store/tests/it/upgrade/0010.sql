-- Rows as a house of schema 10 wrote them, beside those of the schemas before.
INSERT INTO restores (number, accepted, closed) VALUES (12, 1796043400000, 1796043345000);
INSERT INTO restore_confirmations (account, number, confirmed) VALUES ('652552936299', 12, 1796043460000);
