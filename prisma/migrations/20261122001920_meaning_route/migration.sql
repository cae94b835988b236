-- How a call was led by its meaning, where models are chosen by that: JSON.
ALTER TABLE usage_events ADD COLUMN meaning_route text;
