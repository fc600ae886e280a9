"""
Tells Octavia, as a provider does, how members are. Reads lines `MEMBER STATUS [MEMBER STATUS]...` and says `done` after each,
or `failed`.
"""
import sys

from octavia_lib.api.drivers import driver_lib

for line in sys.stdin:
    words = line.split()
    members = [{"id": id, "operating_status": status} for id, status in zip(words[::2], words[1::2])]
    driver_lib.DriverLibrary().update_loadbalancer_status({"members": members})
    print("done", flush=True)
