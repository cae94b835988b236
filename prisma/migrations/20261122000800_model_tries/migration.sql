-- Each try of a call to a model, as JSON: whom it asked, when, and how that ended.
ALTER TABLE usage_events ADD COLUMN tries text;
