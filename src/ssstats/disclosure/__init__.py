"""Disclosure control: the gate between unprotected counts and everything that is published."""
