SELECT DISTINCT f.carrier, p.model, f.flights
FROM sealed_fleet f JOIN sealed_planes p ON f.tailnum = p.tailnum
LIMIT 5
