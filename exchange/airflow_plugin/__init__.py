"""What Airflow's pages show of ours: Airflow loads each file of this folder as a plugin."""
