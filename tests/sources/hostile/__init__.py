"""Tests of kg.network, one file a module."""
