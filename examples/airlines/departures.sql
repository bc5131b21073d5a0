SELECT carrier,
       COUNT(DISTINCT tailnum) AS aircraft,
       AVG(dep_delay) AS delay
FROM departures
GROUP BY carrier
ORDER BY aircraft DESC
