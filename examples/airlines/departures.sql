SELECT carrier,
       COUNT(DISTINCT tailnum) AS aircraft,
       AVG(dep_delay) AS departure_delay
FROM departures
GROUP BY carrier
ORDER BY aircraft DESC
