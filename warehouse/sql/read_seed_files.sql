SELECT name, sha256 FROM seed_files;
