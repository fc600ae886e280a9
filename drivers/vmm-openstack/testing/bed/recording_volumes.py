"""A Cinder back end without storage: volumes are rows of Cinder's database, and connecting one tells an address of no target."""
from cinder import interface
from cinder.volume import driver


@interface.volumedriver
class RecordingVolumes(driver.VolumeDriver):
    VERSION = "1.0"
    CI_WIKI_NAME = "none"
    SUPPORTED = True

    def check_for_setup_error(self):
        pass

    def get_volume_stats(self, refresh=False):
        return {
            "volume_backend_name": "recorded",
            "vendor_name": "none",
            "driver_version": self.VERSION,
            "storage_protocol": "iSCSI",
            "total_capacity_gb": 500,
            "free_capacity_gb": 400,
            "reserved_percentage": 0,
        }

    def create_volume(self, volume):
        return {}

    def delete_volume(self, volume):
        pass

    def create_export(self, context, volume, connector):
        return {}

    def ensure_export(self, context, volume):
        return {}

    def remove_export(self, context, volume):
        pass

    def initialize_connection(self, volume, connector, **kwargs):
        target = {"target_iqn": f"iqn.none:{volume.id}", "target_portal": "127.0.0.1:3260", "target_lun": 1, "volume_id": volume.id}
        return {"driver_volume_type": "iscsi", "data": target}

    def terminate_connection(self, volume, connector, **kwargs):
        pass

    def create_snapshot(self, snapshot):
        return {}

    def delete_snapshot(self, snapshot):
        pass

    def create_volume_from_snapshot(self, volume, snapshot):
        return {}

    def create_cloned_volume(self, volume, src_vref):
        return {}

    def extend_volume(self, volume, new_size):
        pass

    def copy_image_to_volume(self, context, volume, image_service, image_id, disable_sparse=False):
        pass

    def copy_volume_to_image(self, context, volume, image_service, image_meta):
        pass
