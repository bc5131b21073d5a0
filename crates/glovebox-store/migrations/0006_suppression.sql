-- 1 when the last row of a result stands for groups below a threshold; NULL says nothing at all.
ALTER TABLE queries ADD COLUMN other_row INTEGER CHECK (other_row = 1);
