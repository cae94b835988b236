-- A client certificate as an identity: by its thumbprint (issuer "sha256"), or by the names its issuer gave it.
ALTER TYPE identity_kind ADD VALUE 'certificate';
-- Said without the new value, which cannot be used in the transaction that adds it.
ALTER TABLE application_identities
  DROP CONSTRAINT application_identities_issuer,
  ADD CONSTRAINT application_identities_issuer CHECK ((kind = 'hmac') = (issuer = ''));
