"""What the exchange does, free of Airflow: land, judge, deliver, notify, score."""
