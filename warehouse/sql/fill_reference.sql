INSERT INTO {table} BY NAME SELECT *, $load_id AS load_id FROM given_rows;
