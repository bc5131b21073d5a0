SELECT carrier, AVG(arr_delay) AS arrival_delay
FROM flights
GROUP BY carrier
