-- The doors behind a query, each with its moment: what its runner may watch.
ALTER TABLE queries ADD COLUMN doors TEXT NOT NULL DEFAULT '[]';
