"""Profiles: pages of people, institutions, countries, topics, trainings and what else there is."""
