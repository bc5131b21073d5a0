SELECT DISTINCT f.carrier, a.model
FROM fleet f JOIN aircraft a ON f.tailnum = a.tailnum
WHERE a.manufacturer = 'BOMBARDIER INC'
