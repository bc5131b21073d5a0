SELECT p.manufacturer, COUNT(DISTINCT f.tailnum) AS aircraft, SUM(f.flights) AS flights,
       SUM(f.minutes_late) AS minutes_late
FROM encrypted_fleet f JOIN encrypted_planes p ON f.tailnum = p.tailnum
GROUP BY p.manufacturer
ORDER BY SUM(f.flights) DESC
