SELECT p.manufacturer, p.model,
       COUNT(DISTINCT f.tailnum) AS aircraft,
       AVG(f.arr_delay) AS arrival_delay
FROM flights f JOIN planes p ON f.tailnum = p.tailnum
GROUP BY p.manufacturer, p.model
ORDER BY arrival_delay DESC
