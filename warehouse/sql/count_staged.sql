SELECT count(*) FROM staged_{name};
