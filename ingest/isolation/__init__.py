"""Files are read in processes of their own: parsers of hostile files hang, crash and swell."""
