"""Nova's fake virt driver as a hypervisor that has room for some VMs. Unlike it, a snapshot has content, as Glance needs."""
import io

from nova.compute import task_states
from nova.image import glance
from nova.virt import fake


class RecordingDriver(fake.SameHostColdMigrateDriver):
    vcpus = 64
    memory_mb = 65536
    local_gb = 1028

    def snapshot(self, context, instance, image_id, update_task_state):
        super().snapshot(context, instance, image_id, update_task_state)
        update_task_state(task_state=task_states.IMAGE_UPLOADING, expected_state=task_states.IMAGE_UPLOADING)
        metadata = {"disk_format": "raw", "container_format": "bare"}
        content = io.BytesIO(f"root disk of {instance.uuid} as {image_id}".encode())
        glance.API().update(context, image_id, metadata, content, purge_props=False)
