SELECT DISTINCT f.carrier, f.flights
FROM sealed_fleet f JOIN sealed_planes p ON f.tailnum = p.tailnum
WHERE p.model = 'A320-214'
