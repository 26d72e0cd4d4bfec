-- Run by PostgreSQL's image when its volume is made: one owner for each product, so that neither
-- reads the other's tables and no service has the superuser's password.
\set ON_ERROR_STOP on
\getenv pegboard_password POSTGRES_PEGBOARD_PASSWORD
\getenv temporal_password POSTGRES_TEMPORAL_PASSWORD

CREATE ROLE pegboard LOGIN PASSWORD :'pegboard_password';
CREATE ROLE temporal LOGIN PASSWORD :'temporal_password';

CREATE DATABASE pegboard OWNER pegboard;
CREATE DATABASE temporal OWNER temporal;
CREATE DATABASE temporal_visibility OWNER temporal;

REVOKE ALL ON DATABASE pegboard, temporal, temporal_visibility FROM PUBLIC;
