"""Many firms at once: tables read as columns of codes, assessed, and compared under two laws."""
