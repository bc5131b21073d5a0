SELECT COUNT(DISTINCT f.tailnum) AS found
FROM flights f JOIN planes p ON f.tailnum = p.tailnum
WHERE f.tailnum = 'N14228'
