-- Rows as a house of schema 3 wrote them, beside those of the schemas before.
UPDATE queries SET doors = '[["bind",1796043326509],["clear",1796043326538],["price",1796043326538],["reserve",1796043326555],["execute",1796043326761],["release",1796043326761],["keep",1796043326761],["deliver",1796043326840],["close",1796043326840]]' WHERE id = '626c9f63-5d69-49c9-af6b-213d32998615';
UPDATE queries SET doors = '[["bind",1796043327331]]' WHERE id = 'b306e341-7e1f-45a6-97f4-2a75e25cd9c3';
