"""Writes corpus/spark/queries/generated.sql: queries that mix what the other files show alone.

Deterministic: the same seed gives the same text. Every query has one right answer: an order is
asked for only where it is total, LIMIT only after such an order, and no frame depends on ties.
"""

import pathlib
import random
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2] / "corpus" / "spark"
COUNT = 600

TABLES = {
    "orders": {"id": "int", "customer": "text", "product": "text", "amount": "dec", "quantity": "int",
               "placed": "date", "seen": "time", "paid": "bool"},
    "customers": {"customer": "text", "region": "text", "age": "int", "score": "real", "since": "date"},
    "events": {"id": "int", "customer": "text", "kind": "text", "at": "time", "value": "real"},
    "texts": {"id": "int", "s": "text", "t": "text", "n": "int"},
    "flags": {"id": "int", "a": "bool", "b": "bool"},
    # Without the rows at the limits of types, where answers differ for known reasons.
    "(SELECT id, i, d, m, w, f, txt FROM numbers WHERE id IN (1, 2, 3, 4, 5, 8, 9, 13, 14))":
        {"id": "int", "i": "int", "d": "real", "m": "dec", "w": "dec", "txt": "text"},
    "(SELECT id, d, t, txt, n, e FROM moments WHERE id NOT IN (7, 8, 11))":
        {"id": "int", "d": "date", "t": "time", "txt": "text", "n": "int", "e": "date"},
}
NUMBERS, MOMENTS = [it for it in TABLES if it.startswith("(")]
WORDS = ["'tea'", "'coffee'", "'c1'", "'c6'", "'north'", "'view'", "'a'", "''", "'Straße'", "'zz'"]


class Maker:
    def __init__(self, seed):
        self.r = random.Random(seed)

    def pick(self, items):
        return items[self.r.randrange(len(items))]

    def chance(self, percent):
        return self.r.randrange(100) < percent

    def column(self, scope, kind):
        found = [name for name, it in scope if it == kind]
        return self.pick(found) if found else None

    def literal(self, kind):
        return {
            "int": lambda: str(self.r.randrange(-3, 9)),
            "dec": lambda: self.pick(["0.5", "1.25", "10.00", "-3.1", "99.9", "7"]),
            "real": lambda: self.pick(["0.5e0", "2e0", "-1.5e0", "1e1"]),
            "text": lambda: self.pick(WORDS),
            "date": lambda: self.pick(["DATE '2024-02-29'", "DATE '2024-01-31'", "DATE '2020-01-01'"]),
            "time": lambda: self.pick(["TIMESTAMP '2024-02-01 00:00:00'", "TIMESTAMP '2024-03-04 12:30:15'"]),
            "bool": lambda: self.pick(["TRUE", "FALSE"]),
        }[kind]()

    def leaf(self, scope, kind):
        column = self.column(scope, kind) if self.chance(85) else None
        return column or self.literal(kind)

    def value(self, scope, kind, depth=2):
        """An expression of a kind; anything may be NULL."""
        if depth <= 0 or self.chance(25):
            return self.leaf(scope, kind)
        if self.chance(12):
            return self.case(scope, kind, depth)
        if self.chance(10):
            return f"COALESCE({self.value(scope, kind, depth - 1)}, {self.leaf(scope, kind)})"
        if self.chance(6):
            return f"NULLIF({self.value(scope, kind, depth - 1)}, {self.leaf(scope, kind)})"
        if self.chance(6):
            both = f"{self.value(scope, kind, depth - 1)}, {self.leaf(scope, kind)}"
            return f"{self.pick(['GREATEST', 'LEAST'])}({both})"
        if self.chance(6):
            other = self.value(scope, kind, depth - 1)
            return f"IF({self.truth(scope, 1)}, {self.leaf(scope, kind)}, {other})"
        return getattr(self, kind)(scope, depth - 1)

    def case(self, scope, kind, depth):
        arms = " ".join(
            f"WHEN {self.truth(scope, depth - 1)} THEN {self.value(scope, kind, depth - 1)}"
            for _ in range(self.r.randrange(1, 3))
        )
        other = f" ELSE {self.value(scope, kind, depth - 1)}" if self.chance(60) else ""
        return f"CASE {arms}{other} END"

    def int(self, scope, depth):
        text = lambda: self.value(scope, "text", depth)
        whole = lambda: self.value(scope, "int", depth)
        date = lambda: self.value(scope, "date", depth)
        return self.pick([
            lambda: f"({whole()} {self.pick('+-*')} {whole()})",
            lambda: f"({whole()} % {self.pick(['2', '3', '7'])})",
            lambda: f"ABS({whole()})",
            lambda: f"LENGTH({text()})",
            lambda: f"INSTR({text()}, 'e')",
            lambda: f"POSITION('a' IN {text()})",
            lambda: f"YEAR({date()})",
            lambda: f"MONTH({date()})",
            lambda: f"DAY({date()})",
            lambda: f"QUARTER({date()})",
            lambda: f"DAYOFWEEK({date()})",
            lambda: f"DATEDIFF({date()}, {date()})",
            lambda: f"HOUR({self.value(scope, 'time', depth)})",
            lambda: f"EXTRACT(MINUTE FROM {self.value(scope, 'time', depth)})",
            lambda: f"CAST({self.value(scope, 'dec', depth)} AS INT)",
            lambda: f"CAST({text()} AS INT)",
            lambda: f"SIZE(SPLIT({self.leaf(scope, 'text')}, 'e'))",
            lambda: f"PMOD({whole()}, 5)",
            lambda: f"({whole()} DIV 2)",
            lambda: f"ASCII({text()})",
            lambda: f"LOCATE('e', {text()}, 2)",
            lambda: f"LEVENSHTEIN({self.leaf(scope, 'text')}, {self.leaf(scope, 'text')})",
            lambda: f"WEEKOFYEAR({date()})",
            lambda: f"DAYOFYEAR({date()})",
            lambda: f"SIGN({whole()})",
            lambda: f"CEIL({self.value(scope, 'dec', depth)})",
            lambda: f"FLOOR({self.value(scope, 'dec', depth)})",
            lambda: f"CRC32({text()})",
            lambda: f"PMOD(XXHASH64({text()}, {whole()}), 1000)",
            lambda: f"PMOD(HASH({self.value(scope, self.pick(['text', 'date', 'int']), depth)}), 1000)",
            lambda: f"REGEXP_COUNT({text()}, '[a-e]')",
            lambda: f"ARRAY_POSITION(ARRAY(1, 2, 3), {whole()})",
            lambda: f"({whole()} & 3)",
            lambda: f"TIMESTAMPDIFF(DAY, {self.value(scope, 'time', depth)}, {self.leaf(scope, 'time')})",
        ])()

    def dec(self, scope, depth):
        exact = lambda: self.value(scope, "dec", depth)
        return self.pick([
            lambda: f"({exact()} {self.pick('+-')} {self.leaf(scope, 'dec')})",
            lambda: f"({self.leaf(scope, 'dec')} * {self.leaf(scope, 'dec')})",
            lambda: f"ABS({exact()})",
            lambda: f"CAST({self.value(scope, 'int', depth)} AS DECIMAL(10,2))",
            lambda: f"CAST(ROUND({self.leaf(scope, 'dec')}, 1) AS DECIMAL(12,1))",
        ])()

    def real(self, scope, depth):
        number = lambda: self.value(scope, "real", depth)
        return self.pick([
            lambda: f"({number()} {self.pick('+-*/')} {self.leaf(scope, 'real')})",
            lambda: f"({self.value(scope, 'int', depth)} / {self.pick(['2', '4', '0'])})",
            lambda: f"SQRT(ABS({number()}))",
            lambda: f"ROUND({number()}, {self.pick(['0', '1', '2'])})",
            lambda: f"POWER({self.leaf(scope, 'int')}, 2)",
            lambda: f"EXP({self.leaf(scope, 'int')})",
            lambda: f"LN({self.value(scope, 'int', depth)})",
            lambda: f"CAST({self.value(scope, 'dec', depth)} AS DOUBLE)",
            lambda: f"LOG10({self.value(scope, 'int', depth)})",
            lambda: f"CBRT({number()})",
            lambda: f"ATAN({number()})",
            lambda: f"MONTHS_BETWEEN({self.value(scope, 'date', depth)}, {self.leaf(scope, 'date')})",
            lambda: f"CAST({self.value(scope, 'text', depth)} AS DOUBLE)",
        ])()

    def text(self, scope, depth):
        text = lambda: self.value(scope, "text", depth)
        return self.pick([
            lambda: f"UPPER({text()})",
            lambda: f"LOWER({text()})",
            lambda: f"CONCAT({text()}, '-', {text()})",
            lambda: f"({text()} || {text()})",
            lambda: f"CONCAT_WS('/', {text()}, {text()})",
            lambda: f"SUBSTR({text()}, {self.pick(['1', '2', '-2', '0'])}, {self.pick(['1', '2', '5'])})",
            lambda: f"LEFT({text()}, 2)",
            lambda: f"RIGHT({text()}, 2)",
            lambda: f"TRIM({text()})",
            lambda: f"LPAD({text()}, 6, '*')",
            lambda: f"RPAD({text()}, 4, '.')",
            lambda: f"REPLACE({text()}, 'e', '_')",
            lambda: f"REVERSE({text()})",
            lambda: f"REPEAT({self.leaf(scope, 'text')}, 2)",
            lambda: f"TRANSLATE({text()}, 'aeo', '43')",
            lambda: f"REGEXP_REPLACE({text()}, '[a-c]', '#')",
            lambda: f"SPLIT_PART({text()}, 'e', 1)",
            lambda: f"INITCAP({text()})",
            lambda: f"CAST({self.value(scope, self.pick(['int', 'dec', 'date', 'time', 'bool']), depth)} AS STRING)",
            lambda: f"DATE_FORMAT({self.value(scope, 'time', depth)}, 'yyyy-MM-dd HH:mm')",
            lambda: f"SUBSTR(SHA2({text()}, 256), 1, 8)",
            lambda: f"MD5({text()})",
            lambda: f"NVL2({text()}, 'some', 'none')",
            lambda: f"HEX({text()})",
            lambda: f"BASE64({text()})",
            lambda: f"SOUNDEX({self.leaf(scope, 'text')})",
            lambda: f"REGEXP_EXTRACT({text()}, '([a-z]+)([0-9]*)', {self.pick('12')})",
            lambda: f"SUBSTRING_INDEX({text()}, 'e', 1)",
            lambda: f"ELEMENT_AT(SPLIT({text()}, 'e'), {self.pick(['1', '-1', '3'])})",
            lambda: f"ARRAY_JOIN(ARRAY_DISTINCT(SPLIT({text()}, '')), '')",
            lambda: f"ARRAY_JOIN(SORT_ARRAY(SPLIT({text()}, '')), '')",
            lambda: f"OVERLAY({text()} PLACING '#' FROM 2)",
            lambda: f"FORMAT_NUMBER({self.value(scope, 'dec', depth)}, 1)",
            lambda: f"DECODE({self.leaf(scope, 'int')}, 1, 'one', 2, {self.leaf(scope, 'text')}, 'many')",
            lambda: f"TRIM(BOTH 'c' FROM {text()})",
            lambda: f"BIN({self.value(scope, 'int', depth)})",
        ])()

    def date(self, scope, depth):
        date = lambda: self.value(scope, "date", depth)
        return self.pick([
            lambda: f"DATE_ADD({date()}, {self.r.randrange(-40, 40)})",
            lambda: f"ADD_MONTHS({date()}, {self.r.randrange(-14, 14)})",
            lambda: f"LAST_DAY({date()})",
            lambda: f"TRUNC({date()}, '{self.pick(['YEAR', 'MONTH', 'WEEK', 'QUARTER'])}')",
            lambda: f"CAST({self.value(scope, 'time', depth)} AS DATE)",
            lambda: f"({date()} + INTERVAL {self.pick(['1 DAY', '2 MONTHS', '1 YEAR'])})",
            lambda: f"NEXT_DAY({date()}, '{self.pick(['MON', 'FRI', 'SU'])}')",
            lambda: f"DATE_SUB({date()}, {self.r.randrange(-40, 40)})",
            lambda: f"MAKE_DATE({self.pick(['2024', '2023'])}, {self.leaf(scope, 'int')}, 28)",
            lambda: f"TO_DATE({self.value(scope, 'text', depth)})",
            lambda: f"TO_DATE(DATE_FORMAT({date()}, 'dd/MM/yyyy'), 'dd/MM/yyyy')",
        ])()

    def time(self, scope, depth):
        time = lambda: self.value(scope, "time", depth)
        return self.pick([
            lambda: f"DATE_TRUNC('{self.pick(['DAY', 'HOUR', 'MONTH', 'WEEK', 'MINUTE'])}', {time()})",
            lambda: f"({time()} - INTERVAL {self.pick(['1 DAY', '3 HOURS', '90 MINUTES', '1 MONTH'])})",
            lambda: f"CAST({self.value(scope, 'date', depth)} AS TIMESTAMP)",
            lambda: f"DATEADD({self.pick(['HOUR', 'MONTH', 'SECOND', 'WEEK'])}, {self.r.randrange(-9, 9)}, {time()})",
            lambda: f"TO_TIMESTAMP(DATE_FORMAT({time()}, 'yyyyMMddHHmm'), 'yyyyMMddHHmm')",
        ])()

    def bool(self, scope, depth):
        return f"({self.truth(scope, depth)})"

    def truth(self, scope, depth=2):
        """A condition."""
        if depth > 0 and self.chance(35):
            joined = self.pick([" AND ", " OR "]).join(self.truth(scope, depth - 1) for _ in "ab")
            return f"(NOT ({joined}))" if self.chance(15) else f"({joined})"
        kind = self.pick(["int", "text", "dec", "date", "text", "int", "real", "time", "bool"])
        if not self.column(scope, kind):
            kind = self.pick(sorted({it for _, it in scope}))
        left = self.value(scope, kind, min(depth, 1))
        if kind == "bool":
            return self.pick([left, f"{left} IS TRUE", f"{left} IS NOT FALSE", f"NOT {left}"])
        right = self.leaf(scope, kind)
        forms = [f"{left} {self.pick(['=', '<>', '<', '<=', '>', '>='])} {right}"] * 4 + [
            f"{left} IS NULL", f"{left} IS NOT NULL",
            f"{left} BETWEEN {self.literal(kind)} AND {right}",
            f"{left} IN ({self.literal(kind)}, {self.literal(kind)}, {right})",
            f"{left} NOT IN ({self.literal(kind)}, {self.literal(kind)})",
            f"{left} IS DISTINCT FROM {right}",
        ]
        if kind == "text":
            forms += [f"{left} LIKE '%{self.pick('aceot')}%'", f"{left} RLIKE '^[a-d]'", f"{left} NOT LIKE 'c%'",
                      f"STARTSWITH({left}, 'c')", f"CONTAINS({left}, {right})", f"{left} ILIKE 'C%'",
                      f"ARRAY_CONTAINS(ARRAY({right}, 'tea'), {left})"]
        return self.pick(forms)

    # Queries.

    def scope(self, table, alias=None):
        prefix = f"{alias}." if alias else ""
        return [(prefix + name, kind) for name, kind in TABLES[table].items()]

    def kind(self):
        return self.pick(["int", "text", "dec", "real", "date", "time", "bool", "text", "int"])

    def where(self, scope, percent=70):
        return f" WHERE {self.truth(scope)}" if self.chance(percent) else ""

    def source(self):
        """FROM, the columns it gives, and a list of columns that tell its rows apart."""
        if self.chance(40):
            table = self.pick(["orders", "customers", "events", "texts", NUMBERS, MOMENTS])
            return f"{table} x", self.scope(table, "x")
        if self.chance(15):
            scope = self.scope("orders", "x") + self.scope("customers", "y") + self.scope("events", "z")
            joins = self.pick(["JOIN", "LEFT JOIN"]), self.pick(["JOIN", "LEFT JOIN"])
            return (f"orders x {joins[0]} customers y ON x.customer = y.customer {joins[1]} events z"
                    " ON z.customer = y.customer AND z.value > 0"), scope
        if self.chance(10):
            how = self.pick(["LEFT SEMI JOIN", "LEFT ANTI JOIN"])
            return f"customers x {how} orders y ON x.customer = y.customer", self.scope("customers", "x")
        other = self.pick(["customers", "events", "customers"])
        join = self.pick(["JOIN", "INNER JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"])
        scope = self.scope("orders", "x") + self.scope(other, "y")
        on = "x.customer = y.customer"
        if self.chance(40):
            on += f" AND {self.truth(scope, 1)}" if "FULL" not in join else " AND x.quantity > 0"
        return f"orders x {join} {other} y ON {on}", scope

    def aggregate(self, scope):
        kind = self.pick(["int", "dec", "real", "text", "date"])
        it = self.leaf(scope, kind) if self.chance(60) else self.value(scope, kind, 1)
        forms = [f"COUNT({it})", f"COUNT(DISTINCT {it})", f"MIN({it})", f"MAX({it})", "COUNT(*)"]
        if kind in ("int", "dec"):
            forms += [f"SUM({it})", f"AVG({it})", f"SUM({it})", f"SUM(DISTINCT {it})"]
        if kind == "real":
            forms += [f"SUM({it})", f"AVG({it})", f"STDDEV({it})", f"VAR_POP({it})", f"MEDIAN({it})"]
        if kind == "int":
            forms += [f"STDDEV_POP({it})", f"PERCENTILE({it}, 0.25)", f"COUNT_IF({it} > 1)", f"BOOL_OR({it} > 1)"]
        if kind == "text":
            forms += [f"ARRAY_JOIN(SORT_ARRAY(COLLECT_SET({it})), ',')", f"APPROX_COUNT_DISTINCT({it})"]
        return self.pick(forms)

    def plain(self):
        source, scope = self.source()
        items = ", ".join(f"{self.value(scope, self.kind())} AS v{at}" for at in range(self.r.randrange(2, 5)))
        distinct = "DISTINCT " if self.chance(20) else ""
        return f"SELECT {distinct}{items} FROM {source}{self.where(scope)}", False

    def grouped(self):
        source, scope = self.source()
        keys = [self.value(scope, self.pick(["text", "text", "int", "bool", "date"]), self.pick([0, 0, 1])) for _ in range(self.r.randrange(1, 3))]
        # A constant is no key: a column instead.
        keys = [it if "x." in it or "y." in it else first_text(scope) for it in keys]
        keys = list(dict.fromkeys(keys))
        items = [f"{it} AS k{at}" for at, it in enumerate(keys)]
        items += [f"{self.aggregate(scope)} AS a{at}" for at in range(self.r.randrange(1, 4))]
        having = self.pick(["", "", f" HAVING COUNT(*) > 1", f" HAVING {self.aggregate(scope)} IS NOT NULL", " HAVING COUNT(*) BETWEEN 1 AND 3"])
        if self.chance(25):
            items[-1] = f"COUNT(*) FILTER (WHERE {self.truth(scope, 1)}) AS a9"
        keys = ", ".join(keys)
        where = self.where(scope, 50)
        if not where and "JOIN" not in source:
            # Of no rows, Spark answers no grand total: a difference that aggregate.sql shows.
            keys = self.pick([keys, f"ROLLUP ({keys})", f"CUBE ({keys})"])
        return f"SELECT {', '.join(items)} FROM {source}{where} GROUP BY {keys}{having}", False

    def wrapped(self):
        """A query around another one."""
        inner, _ = self.pick([self.plain, self.plain, self.set_operation, self.grouped])()
        name = "v0" if " AS v0" in inner else "v" if " AS v," in inner else "k0"
        body = self.pick([
            f"SELECT {name}, COUNT(*) AS n FROM {{}} GROUP BY {name}",
            f"SELECT DISTINCT {name} FROM {{}} WHERE {name} IS NOT NULL",
            f"SELECT COUNT({name}) AS n, COUNT(DISTINCT {name}) AS d FROM {{}}",
            f"SELECT MIN({name}) AS a, MAX({name}) AS b FROM {{}}",
        ])
        if self.chance(50):
            return f"WITH q AS ({inner}) " + body.format("q"), False
        return body.format(f"({inner}) q"), False

    def windowed(self):
        table = self.pick(["orders", "events", "orders"])
        scope = self.scope(table)
        part = self.pick(["customer", "product" if table == "orders" else "kind"])
        turn = self.pick(["", " DESC"])
        over = f"(PARTITION BY {part} ORDER BY id{turn})"
        number = "quantity" if table == "orders" else "value"
        forms = [
            f"ROW_NUMBER() OVER {over}", f"RANK() OVER (PARTITION BY {part} ORDER BY {number}{turn})",
            f"DENSE_RANK() OVER (ORDER BY {number} NULLS LAST)", f"LAG({number}, {self.r.randrange(1, 3)}) OVER {over}",
            f"LEAD(customer, 1, 'none') OVER {over}", f"SUM({number}) OVER {over}",
            f"AVG({number}) OVER (PARTITION BY {part})", f"COUNT(*) OVER (PARTITION BY {part})",
            f"MIN({number}) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW)",
            f"MAX({number}) OVER (PARTITION BY {part} ORDER BY id ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING)",
            f"COUNT({number}) OVER (ORDER BY id)", f"SUM({number}) OVER ()",
        ]
        items = ", ".join(f"{self.pick(forms)} AS w{at}" for at in range(self.r.randrange(1, 4)))
        inner = f"SELECT id, {items} FROM {table}{self.where(scope, 40)}"
        if self.chance(40):
            return f"SELECT q.id, q.w0 FROM ({inner}) q WHERE q.w0 {self.pick(['> 1', 'IS NOT NULL', '= 1'])}", False
        return inner, False

    def with_cte(self):
        scope = self.scope("orders")
        head = f"WITH t AS (SELECT customer, {self.pick(['SUM(amount)', 'MAX(quantity)', 'COUNT(*)', 'AVG(quantity)'])} AS v FROM orders{self.where(scope, 50)} GROUP BY customer)"
        join = self.pick(["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"])
        body = self.pick([
            f"SELECT c.customer, c.region, t.v FROM customers c {join} t ON c.customer = t.customer",
            f"SELECT c.region, COUNT(t.v) AS n, MAX(t.v) AS m FROM customers c {join} t ON c.customer = t.customer GROUP BY c.region",
            "SELECT a.customer, b.customer AS other FROM t a JOIN t b ON a.v < b.v",
            "SELECT customer, v FROM t WHERE v > (SELECT AVG(v) FROM t)",
            "SELECT customer, v, RANK() OVER (ORDER BY v DESC) AS r FROM t",
            "SELECT customer FROM t WHERE v IS NOT NULL UNION ALL SELECT customer FROM events",
        ])
        return f"{head} {body}", False

    def subquery(self):
        scope = self.scope("customers", "c")
        inner = self.scope("orders", "o")
        where = self.truth(inner, 1)
        forms = [
            f"SELECT c.customer, c.age FROM customers c WHERE c.customer {self.pick(['IN', 'NOT IN'])} (SELECT o.customer FROM orders o WHERE {where} AND o.customer IS NOT NULL)",
            f"SELECT c.customer FROM customers c WHERE {self.pick(['', 'NOT '])}EXISTS (SELECT 1 FROM orders o WHERE o.customer = c.customer AND {where})",
            f"SELECT c.customer, (SELECT {self.pick(['SUM(o.amount)', 'MAX(o.placed)', 'COUNT(*)', 'MIN(o.product)'])} FROM orders o WHERE o.customer = c.customer AND {where}) AS v FROM customers c",
            f"SELECT o.id FROM orders o WHERE o.quantity >= (SELECT {self.pick(['AVG', 'MIN', 'MAX'])}(p.quantity) FROM orders p WHERE {self.truth(self.scope('orders', 'p'), 1)})",
            f"SELECT q.region, COUNT(*) AS n FROM (SELECT c.region, {self.value(scope, 'int')} AS v FROM customers c) q WHERE q.v > 0 GROUP BY q.region",
        ]
        return self.pick(forms), False

    def set_operation(self):
        kind = self.pick(["text", "int", "date"])
        parts = []
        for table in self.r.sample(["orders", "customers", "events"], 2):
            scope = self.scope(table)
            wanted = kind if self.column(scope, kind) else "text"
            parts.append((table, scope, wanted))
        kind = kind if all(it[2] == kind for it in parts) else "text"
        sides = [f"SELECT {self.value(scope, kind, 1)} AS v, customer AS c FROM {table}{self.where(scope, 40)}" for table, scope, _ in parts]
        return f" {self.pick(['UNION', 'UNION ALL', 'UNION ALL', 'INTERSECT', 'EXCEPT'])} ".join(sides), False

    def ordered(self):
        table = self.pick(["orders", "texts", "events"])
        scope = self.scope(table)
        key = self.value(scope, self.pick(["text", "int", "bool"]), 1)
        nulls = self.pick(["", " DESC", " NULLS LAST", " DESC NULLS FIRST", " ASC"])
        limit = f" LIMIT {self.r.randrange(1, 9)}" if self.chance(60) else ""
        return f"SELECT id, {key} AS k FROM {table}{self.where(scope, 50)} ORDER BY k{nulls}, id{self.pick(['', ' DESC'])}{limit}", True

    def query(self):
        shapes = [self.plain] * 6 + [self.grouped] * 5 + [self.windowed] * 3 + [self.wrapped] * 3 + [
            self.with_cte, self.with_cte, self.subquery, self.subquery, self.set_operation, self.ordered, self.ordered]
        return self.pick(shapes)()


def first_text(scope):
    return next(name for name, kind in scope if kind == "text")


def main(first=1, last=COUNT, path=ROOT / "queries" / "generated.sql"):
    lines = []
    for number in range(int(first), int(last) + 1):
        text, ordered = Maker(number).query()
        lines.append(f"-- generated: {number:03}")
        if ordered:
            lines.append("-- ordered")
        lines.append(text + ";")
    pathlib.Path(path).write_text("\n".join(lines) + "\n", encoding="utf-8")


main(*sys.argv[1:])
