-- Private queries: when they are told what they came to, and releases that may be given again.

-- Of a private query, from the moment it is opened. `asked` is the digest of what was asked;
-- `opened` is when, `told_at` the edge of the time bucket at which it is told what it came to.
-- `held` is what it came to, until it is told; `late` is 1 when it came to that after its first
-- edge. `inputs` is the digest of the manifests of what it reads, `source` the query whose stored
-- result it gives again.
ALTER TABLE queries ADD COLUMN asked TEXT;
ALTER TABLE queries ADD COLUMN opened INTEGER;
ALTER TABLE queries ADD COLUMN told_at INTEGER CHECK ((told_at IS NULL) = (opened IS NULL));
ALTER TABLE queries ADD COLUMN late INTEGER CHECK (late = 1);
ALTER TABLE queries ADD COLUMN held TEXT;
ALTER TABLE queries ADD COLUMN inputs TEXT;
ALTER TABLE queries ADD COLUMN source TEXT REFERENCES queries (id);
CREATE INDEX queries_source ON queries (source) WHERE source IS NOT NULL;

-- The results that are stored beyond their delivery, each under what was asked of which files.
CREATE TABLE releases (
    collaboration TEXT NOT NULL,
    asked         TEXT NOT NULL,
    inputs        TEXT NOT NULL,
    query         TEXT NOT NULL UNIQUE REFERENCES queries (id),
    bytes         INTEGER NOT NULL,
    created       INTEGER NOT NULL,
    PRIMARY KEY (collaboration, asked, inputs)
) STRICT, WITHOUT ROWID;
CREATE INDEX releases_created ON releases (created);

-- The tables behind a stored release: it goes when one of them does.
CREATE TABLE release_tables (
    query            TEXT NOT NULL,
    association      TEXT NOT NULL,
    configured_table TEXT NOT NULL,
    PRIMARY KEY (query, association)
) STRICT, WITHOUT ROWID;
CREATE INDEX release_tables_association ON release_tables (association);
CREATE INDEX release_tables_configured_table ON release_tables (configured_table);

-- Releases that are not stored any more, whose files may still be there.
CREATE TABLE dropped_releases (
    query TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TRIGGER releases_leave_files AFTER DELETE ON releases
BEGIN
    INSERT INTO dropped_releases (query) VALUES (OLD.query) ON CONFLICT DO NOTHING;
    DELETE FROM release_tables WHERE query = OLD.query;
END;

CREATE TRIGGER collaborations_drop_releases AFTER UPDATE OF deleted ON collaborations
WHEN NEW.deleted = 1
BEGIN DELETE FROM releases WHERE collaboration = NEW.id; END;

CREATE TRIGGER associations_drop_releases AFTER DELETE ON associations
BEGIN
    DELETE FROM releases WHERE query IN (
        SELECT query FROM release_tables WHERE association = OLD.id);
END;
CREATE TRIGGER associations_change_releases AFTER UPDATE ON associations
BEGIN
    DELETE FROM releases WHERE query IN (
        SELECT query FROM release_tables WHERE association = OLD.id);
END;

CREATE TRIGGER association_rules_drop_releases AFTER DELETE ON association_rules
BEGIN
    DELETE FROM releases WHERE query IN (
        SELECT query FROM release_tables WHERE association = OLD.association);
END;
CREATE TRIGGER association_rules_change_releases AFTER UPDATE ON association_rules
BEGIN
    DELETE FROM releases WHERE query IN (
        SELECT query FROM release_tables WHERE association = OLD.association);
END;
CREATE TRIGGER association_rules_begin_releases AFTER INSERT ON association_rules
BEGIN
    DELETE FROM releases WHERE query IN (
        SELECT query FROM release_tables WHERE association = NEW.association);
END;

CREATE TRIGGER rules_drop_releases AFTER DELETE ON rules
BEGIN
    DELETE FROM releases WHERE query IN (
        SELECT query FROM release_tables WHERE configured_table = OLD.configured_table);
END;
CREATE TRIGGER rules_change_releases AFTER UPDATE ON rules
BEGIN
    DELETE FROM releases WHERE query IN (
        SELECT query FROM release_tables WHERE configured_table = OLD.configured_table);
END;

CREATE TRIGGER extensions_drop_releases AFTER DELETE ON extensions
BEGIN
    DELETE FROM releases WHERE query IN (
        SELECT query FROM release_tables WHERE configured_table = OLD.configured_table);
END;
CREATE TRIGGER extensions_change_releases AFTER UPDATE ON extensions
BEGIN
    DELETE FROM releases WHERE query IN (
        SELECT query FROM release_tables WHERE configured_table = OLD.configured_table);
END;
CREATE TRIGGER extensions_begin_releases AFTER INSERT ON extensions
BEGIN
    DELETE FROM releases WHERE query IN (
        SELECT query FROM release_tables WHERE configured_table = NEW.configured_table);
END;

CREATE TRIGGER configured_tables_change_releases AFTER UPDATE ON configured_tables
BEGIN
    DELETE FROM releases WHERE query IN (
        SELECT query FROM release_tables WHERE configured_table = OLD.id);
END;
