-- Scorecards read the journey of one day: a few pages of index for millions of rows.
create index journey_at on journey using brin (at);
