-- Which variant of a traffic split answered (contracts/policies/split); null where traffic is not split.
ALTER TABLE usage_events ADD COLUMN variant text;
