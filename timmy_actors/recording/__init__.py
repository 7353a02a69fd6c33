"""Trajectories for training, flight recorder and replay."""
