"""Tells Octavia, as a provider does, how members are: report.py MEMBER STATUS [MEMBER STATUS]... Says `done` or what went wrong."""
import sys

from octavia_lib.api.drivers import driver_lib

words = sys.argv[1:]
members = [{"id": id, "operating_status": status} for id, status in zip(words[::2], words[1::2])]
driver_lib.DriverLibrary().update_loadbalancer_status({"members": members})
print("done", flush=True)
