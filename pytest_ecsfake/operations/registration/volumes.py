"""The volumes of a task and the mount points of its containers.

Rules: API reference, Volume, EFSVolumeConfiguration, EFSAuthorizationConfig, S3FilesVolumeConfiguration, MountPoint, VolumeFrom.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_ecsfake.errors import ClientException
from pytest_ecsfake.operations.registration.secrets import check_arn

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: API reference, Volume: the kinds of volumes. A volume has at most one; without one it is an empty host volume.
KINDS = (
    "host",
    "dockerVolumeConfiguration",
    "efsVolumeConfiguration",
    "fsxWindowsFileServerVolumeConfiguration",
    "s3filesVolumeConfiguration",
    "configuredAtLaunch",
)

#: API reference, Volume, name: the kinds that require a name even if no container mounts them.
NAMED_KINDS = ("efsVolumeConfiguration", "s3filesVolumeConfiguration", "configuredAtLaunch")


def check(definition: api.RegisterTaskDefinitionRequest) -> None:
    """Refuse volumes that aren't valid, and mount points of unknown volumes."""
    volumes = definition.get("volumes", ())
    for volume in volumes:
        _check_volume(volume)
    names = [volume["name"] for volume in volumes if "name" in volume]
    _check_mounts(definition, names)
    _check_configured_at_launch(definition)


def _check_volume(volume: api.Volume) -> None:
    kinds = [kind for kind in KINDS if volume.get(kind) not in (None, False)]
    if len(kinds) > 1:
        # cloudposse/terraform-aws-ecs-alb-service-task#185
        raise ClientException(
            "When the volume parameter is specified, only one volume configuration type should be used."
        )
    if "name" not in volume and any(kind in NAMED_KINDS for kind in kinds):
        raise ClientException("volume.name should not be null or empty.")  # unverified
    if "efsVolumeConfiguration" in volume:
        _check_efs(volume["efsVolumeConfiguration"])
    if "s3filesVolumeConfiguration" in volume:
        _check_s3_files(volume["s3filesVolumeConfiguration"])
    if "fsxWindowsFileServerVolumeConfiguration" in volume:
        check_arn(volume["fsxWindowsFileServerVolumeConfiguration"]["authorizationConfig"]["credentialsParameter"])


def _check_efs(efs: api.EFSVolumeConfiguration) -> None:
    # cdk-preflight; the text for an access point without encryption follows the pattern of the one before.
    authorization = efs.get("authorizationConfig", {})
    encrypted = efs.get("transitEncryption") == "ENABLED"
    if "accessPointId" in authorization and efs.get("rootDirectory", "/") != "/":
        raise ClientException(
            'When using an EFS access point, the root directory must either be set to "/" or be omitted.'
        )
    if authorization.get("iam") == "ENABLED" and not encrypted:
        raise ClientException("EFS IAM authorization requires TransitEncryption to be enabled.")
    if "accessPointId" in authorization and not encrypted:
        raise ClientException("EFS access point requires TransitEncryption to be enabled.")  # unverified
    if "transitEncryptionPort" in efs and not encrypted:
        raise ClientException("TransitEncryptionPort requires that TransitEncryption is enabled.")


def _check_s3_files(s3_files: api.S3FilesVolumeConfiguration) -> None:
    check_arn(s3_files["fileSystemArn"])
    if "accessPointArn" in s3_files:
        check_arn(s3_files["accessPointArn"])
        if s3_files.get("rootDirectory", "/") != "/":
            raise ClientException(  # unverified
                'When using an S3 Files access point, the root directory must either be set to "/" or be omitted.'
            )


def _check_mounts(definition: api.RegisterTaskDefinitionRequest, names: list[str]) -> None:
    containers = {container["name"] for container in definition["containerDefinitions"]}
    for container in definition["containerDefinitions"]:
        for mount in container.get("mountPoints", ()):
            # A mount point without a volume gets an error about a volume 'null' (blinkist/terraform-aws-airship-ecs-service#46).
            if mount.get("sourceVolume") not in names:
                raise ClientException(f"Unknown volume '{mount.get('sourceVolume', 'null')}'.")
        for volumes_from in container.get("volumesFrom", ()):
            source = volumes_from.get("sourceContainer", "null")
            if source not in containers:
                # cdk-preflight
                raise ClientException(f"Invalid 'volumesFrom' setting. Unknown container: '{source}'.")


def _check_configured_at_launch(definition: api.RegisterTaskDefinitionRequest) -> None:
    names = [volume["name"] for volume in definition.get("volumes", ()) if volume.get("configuredAtLaunch")]
    if len(names) > 1:
        raise ClientException("Only one volume can be configured at launch.")  # unverified
    mounted = {
        mount.get("sourceVolume")
        for container in definition["containerDefinitions"]
        for mount in container.get("mountPoints", ())
    }
    if names and names[0] not in mounted:
        # cdk-preflight. A volume of another kind needn't be mounted.
        raise ClientException(f"Volumes [{names[0]}] are not referenced by any of the containers")
