1 SELECT r.state, SUM(r.returned) J GROUP BY r.state
2 SELECT COUNT(DISTINCT identifier) FROM sales
3 SELECT SUM(returned) FROM returns
4 SELECT COUNT(DISTINCT r.hashedemail) FROM panel p JOIN returns r ON p.hashedemail=r.hashedemail
5 SELECT COUNT(DISTINCT r.hashedemail) FROM returns r JOIN panel p ON r.hashedemail=p.hashedemail JOIN sales s ON p.hashedemail=s.hashedemail
6 SELECT COUNT(DISTINCT hashedemail) FROM panel
7 SELECT SUM(r.returned) FROM returns r LEFT JOIN sales s ON r.hashedemail=s.hashedemail
8 SELECT SUM(r.returned) FROM returns r, sales s WHERE r.hashedemail=s.hashedemail
9 SELECT SUM(r.returned) FROM returns r JOIN sales s USING (hashedemail)
10 SELECT SUM(r.returned) FROM returns r CROSS JOIN sales s
11 SELECT SUM(r.returned) FROM sales s JOIN returns r ON s.hashedemail=r.hashedemail OR s.productline=r.productline
12 SELECT SUM(r.returned) FROM sales s JOIN returns r ON s.hashedemail=r.hashedemail OR 1=1
13 SELECT SUM(r.returned) FROM sales s JOIN returns r ON s.hashedemail=r.hashedemail AND r.hashedemail='ab12..'
14 SELECT SUM(r.returned) FROM sales s JOIN returns r ON s.hashedemail=r.hashedemail AND r.state='NY'
15 SELECT SUM(r.returned) FROM sales s JOIN returns r ON r.hashedemail=r.hashedemail
16 SELECT SUM(r.returned) FROM sales s JOIN returns r ON LOWER(s.hashedemail)=LOWER(r.hashedemail)
17 SELECT SUM(r.returned) FROM sales s JOIN returns r ON s.hashedemail <> r.hashedemail
18 SELECT SUM(a.returned) FROM returns a JOIN returns b ON a.hashedemail=b.hashedemail
19 SELECT SUM(a.returned) FROM returns a JOIN returns b ON a.hashedemail=b.hashedemail JOIN sales s ON b.hashedemail=s.hashedemail
20 SELECT r.hashedemail, SUM(r.returned) J GROUP BY r.hashedemail
21 SELECT MAX(r.returned) J
22 SELECT AVG(DISTINCT r.returned) J
23 SELECT COUNT(*) J
24 SELECT COUNT(r.returned) J
25 SELECT SUM(CASE WHEN r.state='NY' THEN r.returned ELSE 0 END) J
26 SELECT SUM(r.returned * 2) J
27 SELECT SUM(r.returned)/COUNT(DISTINCT r.hashedemail) J
28 SELECT ROUND(AVG(r.returned),2) J
29 SELECT SUM(r.returned) FILTER (WHERE r.state='NY') J
30 SELECT SUM(r.returned) OVER (PARTITION BY r.state) J
31 SELECT r.state J
33 SELECT * J
34 SELECT UPPER(r.state), SUM(r.returned) J GROUP BY UPPER(r.state)
35 SELECT UPPER(s.demoseg), SUM(r.returned) J GROUP BY UPPER(s.demoseg)
36 SELECT UPPER(TRUNC(r.state)), SUM(r.returned) J GROUP BY 1
38 SELECT 'x' AS tag, SUM(r.returned) J GROUP BY 'x'
39 SELECT SUM(r.returned) J WHERE r.state IN ('NY','NJ') AND r.returndate > s.purchasedate
40 SELECT SUM(r.returned) J WHERE s.purchasedate BETWEEN '2022-01-01' AND '2022-12-31'
41 SELECT SUM(r.returned) J WHERE r.hashedemail LIKE '00%'
43 SELECT SUM(r.returned) J WHERE r.state = (SELECT MIN(state) FROM returns)
44 SELECT SUM(r.returned) J WHERE EXISTS (SELECT 1 FROM sales)
44 SELECT SUM(r.returned) J WHERE r.state IN (SELECT state FROM returns)
45 SELECT r.state, SUM(r.returned) J GROUP BY r.state HAVING COUNT(DISTINCT r.hashedemail) = 1
46 SELECT r.state, SUM(r.returned) J GROUP BY r.state HAVING SUM(r.returned) > AVG(r.returned)
47 SELECT r.state, SUM(r.returned) J GROUP BY r.state HAVING r.state='NY'
48 SELECT r.state, SUM(r.returned) J GROUP BY r.state ORDER BY SUM(r.returned) DESC
48 SELECT r.state, SUM(r.returned) AS total J GROUP BY r.state ORDER BY total
49 SELECT r.state, SUM(r.returned) J GROUP BY r.state LIMIT 10
49 SELECT TOP 10 r.state, SUM(r.returned) J GROUP BY r.state
49 SELECT r.state, SUM(r.returned) J GROUP BY r.state OFFSET 5
50 WITH x AS (SELECT state, returned FROM returns) SELECT SUM(returned) FROM x
51 SELECT SUM(r.returned) J UNION ALL SELECT SUM(r.returned) J
52 SELECT r.state, SUM(r.returned) J GROUP BY ROLLUP(r.state)
53 SELECT SUM(x.returned) FROM (SELECT * FROM returns) x JOIN sales s ON x.hashedemail = s.hashedemail
54 SELECT SUM(r.returned) J WHERE 1/(r.price_dim - 50000) > 0
55 SELECT SUM(r.returned) J WHERE r.state<>'ZZ'
58 SELECT COUNT(DISTINCT s.identifier) FROM sales s JOIN seg g ON s.hashedemail = g.id2
59 SELECT DISTINCT c.internalid, g.seg3 K WHERE c.cat='x' LIMIT 100
60 SELECT c.internalid, g.seg3 K
61 SELECT DISTINCT seg3 FROM seg
63 SELECT DISTINCT c.id2, g.seg3 K
64 SELECT DISTINCT g.seg3 K WHERE g.id2='123'
65 SELECT DISTINCT UPPER(g.seg3) K
66 SELECT DISTINCT COUNT(g.seg3) K
67 SELECT DISTINCT c.internalid K WHERE g.seg4 + 1 > 3
68 SELECT DISTINCT c.internalid K GROUP BY c.internalid
68 SELECT DISTINCT c.internalid K ORDER BY c.internalid
68 SELECT COUNT(c.internalid) K HAVING COUNT(c.internalid) > 1
69 SELECT DISTINCT c.internalid K LIMIT 10 OFFSET 10
69 SELECT DISTINCT c.internalid K LIMIT 0
70 SELECT DISTINCT c.internalid, g.seg3 FROM crm c JOIN seg g ON c.id1=g.id2 OR c.id2=g.id2
71 SELECT DISTINCT c.internalid FROM crm c LEFT JOIN seg g ON c.id2=g.id2 WHERE g.seg3 IS NULL
72 SELECT DISTINCT g.seg3 FROM seg g JOIN third t ON g.id2=t.id2 JOIN crm c ON t.id1=c.id1
73 SELECT DISTINCT x.seg3 FROM (SELECT * FROM seg) x JOIN crm c ON x.id2 = c.id2
