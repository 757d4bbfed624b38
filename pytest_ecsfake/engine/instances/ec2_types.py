"""The EC2 instance types and their resources.

Sizes: EC2 User Guide, "Amazon EC2 instance types" (vCPUs, memory, GPUs, architecture) and "Elastic network interfaces", "IP addresses per
network interface per instance type"; the same numbers as EC2's DescribeInstanceTypes.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import Literal, NamedTuple

Architecture = Literal["x86_64", "arm64"]


class InstanceType(NamedTuple):
    """One type: its memory in MiB as EC2 states it, and how many network interfaces it can have, the primary one included."""

    name: str
    vcpus: int
    memory: int
    network_interfaces: int
    gpus: int = 0
    architecture: Architecture = "x86_64"

    @property
    def cpu(self) -> int:
        """CPU units: 1,024 for each vCPU (Developer Guide, task definition parameters, cpu)."""
        return 1024 * self.vcpus

    @property
    def registered_memory(self) -> int:
        """The MiB that the agent registers: the memory without the kernel's (Developer Guide, "Reserving … container instance memory").

        Where no registration of the type is known, the kernel is assumed to take a sixteenth.
        """
        return REGISTERED_MEMORY.get(self.name, self.memory * 15 // 16)

    @property
    def task_network_interfaces(self) -> int:
        """How many tasks can have an interface of their own: the primary one is the host's (Developer Guide, "API failure reasons")."""
        return self.network_interfaces - 1


#: MiB that agents have registered: answers of 2018 and 2019; for m4.large AWS Batch User Guide, "Compute resource memory management".
REGISTERED_MEMORY = {
    "t2.micro": 993,
    "t2.medium": 3955,
    "c5.large": 3705,
    "m4.large": 7985,
}

#: Families grouped by purpose, sizes ascending.
#:                name            vCPUs  MiB  interfaces
INSTANCE_TYPES = (
    InstanceType("t2.nano",        1,      512,  2),
    InstanceType("t2.micro",       1,     1024,  2),
    InstanceType("t2.small",       1,     2048,  3),
    InstanceType("t2.medium",      2,     4096,  3),
    InstanceType("t2.large",       2,     8192,  3),
    InstanceType("t2.xlarge",      4,    16384,  3),
    InstanceType("t2.2xlarge",     8,    32768,  3),
    InstanceType("t3.nano",        2,      512,  2),
    InstanceType("t3.micro",       2,     1024,  2),
    InstanceType("t3.small",       2,     2048,  3),
    InstanceType("t3.medium",      2,     4096,  3),
    InstanceType("t3.large",       2,     8192,  3),
    InstanceType("t3.xlarge",      4,    16384,  4),
    InstanceType("t3.2xlarge",     8,    32768,  4),
    InstanceType("t3a.nano",       2,      512,  2),
    InstanceType("t3a.micro",      2,     1024,  2),
    InstanceType("t3a.small",      2,     2048,  2),
    InstanceType("t3a.medium",     2,     4096,  3),
    InstanceType("t3a.large",      2,     8192,  3),
    InstanceType("t3a.xlarge",     4,    16384,  4),
    InstanceType("t3a.2xlarge",    8,    32768,  4),
    InstanceType("t4g.nano",       2,      512,  2, architecture="arm64"),
    InstanceType("t4g.micro",      2,     1024,  2, architecture="arm64"),
    InstanceType("t4g.small",      2,     2048,  3, architecture="arm64"),
    InstanceType("t4g.medium",     2,     4096,  3, architecture="arm64"),
    InstanceType("t4g.large",      2,     8192,  3, architecture="arm64"),
    InstanceType("t4g.xlarge",     4,    16384,  4, architecture="arm64"),
    InstanceType("t4g.2xlarge",    8,    32768,  4, architecture="arm64"),
    InstanceType("m1.small",       1,     1740,  2),
    InstanceType("m1.medium",      1,     3788,  2),
    InstanceType("m1.large",       2,     7680,  3),
    InstanceType("m1.xlarge",      4,    15360,  4),
    InstanceType("m3.medium",      1,     3840,  2),
    InstanceType("m3.large",       2,     7680,  3),
    InstanceType("m3.xlarge",      4,    15360,  4),
    InstanceType("m3.2xlarge",     8,    30720,  4),
    InstanceType("m4.large",       2,     8192,  2),
    InstanceType("m4.xlarge",      4,    16384,  4),
    InstanceType("m4.2xlarge",     8,    32768,  4),
    InstanceType("m4.4xlarge",    16,    65536,  8),
    InstanceType("m4.10xlarge",   40,   163840,  8),
    InstanceType("m4.16xlarge",   64,   262144,  8),
    InstanceType("m5.large",       2,     8192,  3),
    InstanceType("m5.xlarge",      4,    16384,  4),
    InstanceType("m5.2xlarge",     8,    32768,  4),
    InstanceType("m5.4xlarge",    16,    65536,  8),
    InstanceType("m5.8xlarge",    32,   131072,  8),
    InstanceType("m5.12xlarge",   48,   196608,  8),
    InstanceType("m5.16xlarge",   64,   262144, 15),
    InstanceType("m5.24xlarge",   96,   393216, 15),
    InstanceType("m5a.large",      2,     8192,  3),
    InstanceType("m5a.xlarge",     4,    16384,  4),
    InstanceType("m5a.2xlarge",    8,    32768,  4),
    InstanceType("m5a.4xlarge",   16,    65536,  8),
    InstanceType("m5a.8xlarge",   32,   131072,  8),
    InstanceType("m5a.12xlarge",  48,   196608,  8),
    InstanceType("m5a.16xlarge",  64,   262144, 15),
    InstanceType("m5a.24xlarge",  96,   393216, 15),
    InstanceType("m6i.large",      2,     8192,  3),
    InstanceType("m6i.xlarge",     4,    16384,  4),
    InstanceType("m6i.2xlarge",    8,    32768,  4),
    InstanceType("m6i.4xlarge",   16,    65536,  8),
    InstanceType("m6i.8xlarge",   32,   131072,  8),
    InstanceType("m6i.12xlarge",  48,   196608,  8),
    InstanceType("m6i.16xlarge",  64,   262144, 15),
    InstanceType("m6i.24xlarge",  96,   393216, 15),
    InstanceType("m6i.32xlarge", 128,   524288, 15),
    InstanceType("m6a.large",      2,     8192,  3),
    InstanceType("m6a.xlarge",     4,    16384,  4),
    InstanceType("m6a.2xlarge",    8,    32768,  4),
    InstanceType("m6a.4xlarge",   16,    65536,  8),
    InstanceType("m6a.8xlarge",   32,   131072,  8),
    InstanceType("m6a.12xlarge",  48,   196608,  8),
    InstanceType("m6a.16xlarge",  64,   262144, 15),
    InstanceType("m6a.24xlarge",  96,   393216, 15),
    InstanceType("m6a.32xlarge", 128,   524288, 15),
    InstanceType("m6a.48xlarge", 192,   786432, 15),
    InstanceType("m6g.medium",     1,     4096,  2, architecture="arm64"),
    InstanceType("m6g.large",      2,     8192,  3, architecture="arm64"),
    InstanceType("m6g.xlarge",     4,    16384,  4, architecture="arm64"),
    InstanceType("m6g.2xlarge",    8,    32768,  4, architecture="arm64"),
    InstanceType("m6g.4xlarge",   16,    65536,  8, architecture="arm64"),
    InstanceType("m6g.8xlarge",   32,   131072,  8, architecture="arm64"),
    InstanceType("m6g.12xlarge",  48,   196608,  8, architecture="arm64"),
    InstanceType("m6g.16xlarge",  64,   262144, 15, architecture="arm64"),
    InstanceType("m7i.large",      2,     8192,  3),
    InstanceType("m7i.xlarge",     4,    16384,  4),
    InstanceType("m7i.2xlarge",    8,    32768,  4),
    InstanceType("m7i.4xlarge",   16,    65536,  8),
    InstanceType("m7i.8xlarge",   32,   131072,  8),
    InstanceType("m7i.12xlarge",  48,   196608,  8),
    InstanceType("m7i.16xlarge",  64,   262144, 15),
    InstanceType("m7i.24xlarge",  96,   393216, 15),
    InstanceType("m7i.48xlarge", 192,   786432, 15),
    InstanceType("m7g.medium",     1,     4096,  2, architecture="arm64"),
    InstanceType("m7g.large",      2,     8192,  3, architecture="arm64"),
    InstanceType("m7g.xlarge",     4,    16384,  4, architecture="arm64"),
    InstanceType("m7g.2xlarge",    8,    32768,  4, architecture="arm64"),
    InstanceType("m7g.4xlarge",   16,    65536,  8, architecture="arm64"),
    InstanceType("m7g.8xlarge",   32,   131072,  8, architecture="arm64"),
    InstanceType("m7g.12xlarge",  48,   196608,  8, architecture="arm64"),
    InstanceType("m7g.16xlarge",  64,   262144, 15, architecture="arm64"),
    InstanceType("c4.large",       2,     3840,  3),
    InstanceType("c4.xlarge",      4,     7680,  4),
    InstanceType("c4.2xlarge",     8,    15360,  4),
    InstanceType("c4.4xlarge",    16,    30720,  8),
    InstanceType("c4.8xlarge",    36,    61440,  8),
    InstanceType("c5.large",       2,     4096,  3),
    InstanceType("c5.xlarge",      4,     8192,  4),
    InstanceType("c5.2xlarge",     8,    16384,  4),
    InstanceType("c5.4xlarge",    16,    32768,  8),
    InstanceType("c5.9xlarge",    36,    73728,  8),
    InstanceType("c5.12xlarge",   48,    98304,  8),
    InstanceType("c5.18xlarge",   72,   147456, 15),
    InstanceType("c5.24xlarge",   96,   196608, 15),
    InstanceType("c5a.large",      2,     4096,  3),
    InstanceType("c5a.xlarge",     4,     8192,  4),
    InstanceType("c5a.2xlarge",    8,    16384,  4),
    InstanceType("c5a.4xlarge",   16,    32768,  8),
    InstanceType("c5a.8xlarge",   32,    65536,  8),
    InstanceType("c5a.12xlarge",  48,    98304,  8),
    InstanceType("c5a.16xlarge",  64,   131072, 15),
    InstanceType("c5a.24xlarge",  96,   196608, 15),
    InstanceType("c6i.large",      2,     4096,  3),
    InstanceType("c6i.xlarge",     4,     8192,  4),
    InstanceType("c6i.2xlarge",    8,    16384,  4),
    InstanceType("c6i.4xlarge",   16,    32768,  8),
    InstanceType("c6i.8xlarge",   32,    65536,  8),
    InstanceType("c6i.12xlarge",  48,    98304,  8),
    InstanceType("c6i.16xlarge",  64,   131072, 15),
    InstanceType("c6i.24xlarge",  96,   196608, 15),
    InstanceType("c6i.32xlarge", 128,   262144, 15),
    InstanceType("c6a.large",      2,     4096,  3),
    InstanceType("c6a.xlarge",     4,     8192,  4),
    InstanceType("c6a.2xlarge",    8,    16384,  4),
    InstanceType("c6a.4xlarge",   16,    32768,  8),
    InstanceType("c6a.8xlarge",   32,    65536,  8),
    InstanceType("c6a.12xlarge",  48,    98304,  8),
    InstanceType("c6a.16xlarge",  64,   131072, 15),
    InstanceType("c6a.24xlarge",  96,   196608, 15),
    InstanceType("c6a.32xlarge", 128,   262144, 15),
    InstanceType("c6a.48xlarge", 192,   393216, 15),
    InstanceType("c6g.medium",     1,     2048,  2, architecture="arm64"),
    InstanceType("c6g.large",      2,     4096,  3, architecture="arm64"),
    InstanceType("c6g.xlarge",     4,     8192,  4, architecture="arm64"),
    InstanceType("c6g.2xlarge",    8,    16384,  4, architecture="arm64"),
    InstanceType("c6g.4xlarge",   16,    32768,  8, architecture="arm64"),
    InstanceType("c6g.8xlarge",   32,    65536,  8, architecture="arm64"),
    InstanceType("c6g.12xlarge",  48,    98304,  8, architecture="arm64"),
    InstanceType("c6g.16xlarge",  64,   131072, 15, architecture="arm64"),
    InstanceType("c7i.large",      2,     4096,  3),
    InstanceType("c7i.xlarge",     4,     8192,  4),
    InstanceType("c7i.2xlarge",    8,    16384,  4),
    InstanceType("c7i.4xlarge",   16,    32768,  8),
    InstanceType("c7i.8xlarge",   32,    65536,  8),
    InstanceType("c7i.12xlarge",  48,    98304,  8),
    InstanceType("c7i.16xlarge",  64,   131072, 15),
    InstanceType("c7i.24xlarge",  96,   196608, 15),
    InstanceType("c7i.48xlarge", 192,   393216, 15),
    InstanceType("c7g.medium",     1,     2048,  2, architecture="arm64"),
    InstanceType("c7g.large",      2,     4096,  3, architecture="arm64"),
    InstanceType("c7g.xlarge",     4,     8192,  4, architecture="arm64"),
    InstanceType("c7g.2xlarge",    8,    16384,  4, architecture="arm64"),
    InstanceType("c7g.4xlarge",   16,    32768,  8, architecture="arm64"),
    InstanceType("c7g.8xlarge",   32,    65536,  8, architecture="arm64"),
    InstanceType("c7g.12xlarge",  48,    98304,  8, architecture="arm64"),
    InstanceType("c7g.16xlarge",  64,   131072, 15, architecture="arm64"),
    InstanceType("r4.large",       2,    15616,  3),
    InstanceType("r4.xlarge",      4,    31232,  4),
    InstanceType("r4.2xlarge",     8,    62464,  4),
    InstanceType("r4.4xlarge",    16,   124928,  8),
    InstanceType("r4.8xlarge",    32,   249856,  8),
    InstanceType("r4.16xlarge",   64,   499712, 15),
    InstanceType("r5.large",       2,    16384,  3),
    InstanceType("r5.xlarge",      4,    32768,  4),
    InstanceType("r5.2xlarge",     8,    65536,  4),
    InstanceType("r5.4xlarge",    16,   131072,  8),
    InstanceType("r5.8xlarge",    32,   262144,  8),
    InstanceType("r5.12xlarge",   48,   393216,  8),
    InstanceType("r5.16xlarge",   64,   524288, 15),
    InstanceType("r5.24xlarge",   96,   786432, 15),
    InstanceType("r6i.large",      2,    16384,  3),
    InstanceType("r6i.xlarge",     4,    32768,  4),
    InstanceType("r6i.2xlarge",    8,    65536,  4),
    InstanceType("r6i.4xlarge",   16,   131072,  8),
    InstanceType("r6i.8xlarge",   32,   262144,  8),
    InstanceType("r6i.12xlarge",  48,   393216,  8),
    InstanceType("r6i.16xlarge",  64,   524288, 15),
    InstanceType("r6i.24xlarge",  96,   786432, 15),
    InstanceType("r6i.32xlarge", 128,  1048576, 15),
    InstanceType("r6g.medium",     1,     8192,  2, architecture="arm64"),
    InstanceType("r6g.large",      2,    16384,  3, architecture="arm64"),
    InstanceType("r6g.xlarge",     4,    32768,  4, architecture="arm64"),
    InstanceType("r6g.2xlarge",    8,    65536,  4, architecture="arm64"),
    InstanceType("r6g.4xlarge",   16,   131072,  8, architecture="arm64"),
    InstanceType("r6g.8xlarge",   32,   262144,  8, architecture="arm64"),
    InstanceType("r6g.12xlarge",  48,   393216,  8, architecture="arm64"),
    InstanceType("r6g.16xlarge",  64,   524288, 15, architecture="arm64"),
    InstanceType("r7i.large",      2,    16384,  3),
    InstanceType("r7i.xlarge",     4,    32768,  4),
    InstanceType("r7i.2xlarge",    8,    65536,  4),
    InstanceType("r7i.4xlarge",   16,   131072,  8),
    InstanceType("r7i.8xlarge",   32,   262144,  8),
    InstanceType("r7i.12xlarge",  48,   393216,  8),
    InstanceType("r7i.16xlarge",  64,   524288, 15),
    InstanceType("r7i.24xlarge",  96,   786432, 15),
    InstanceType("r7i.48xlarge", 192,  1572864, 15),
    InstanceType("g4dn.xlarge",    4,    16384,  3, gpus=1),
    InstanceType("g4dn.2xlarge",   8,    32768,  3, gpus=1),
    InstanceType("g4dn.4xlarge",  16,    65536,  3, gpus=1),
    InstanceType("g4dn.8xlarge",  32,   131072,  4, gpus=1),
    InstanceType("g4dn.12xlarge",  48,   196608,  8, gpus=4),
    InstanceType("g4dn.16xlarge",  64,   262144,  4, gpus=1),
    InstanceType("g5.xlarge",      4,    16384,  4, gpus=1),
    InstanceType("g5.2xlarge",     8,    32768,  4, gpus=1),
    InstanceType("g5.4xlarge",    16,    65536,  8, gpus=1),
    InstanceType("g5.8xlarge",    32,   131072,  8, gpus=1),
    InstanceType("g5.12xlarge",   48,   196608, 15, gpus=4),
    InstanceType("g5.16xlarge",   64,   262144,  8, gpus=1),
    InstanceType("g5.24xlarge",   96,   393216, 15, gpus=4),
    InstanceType("g5.48xlarge",  192,   786432,  7, gpus=8),
    InstanceType("p3.2xlarge",     8,    62464,  4, gpus=1),
    InstanceType("p3.8xlarge",    32,   249856,  8, gpus=4),
    InstanceType("p3.16xlarge",   64,   499712,  8, gpus=8),
    InstanceType("p3dn.24xlarge",  96,   786432, 15, gpus=8),
)  # fmt: skip

_BY_NAME = {instance_type.name: instance_type for instance_type in INSTANCE_TYPES}

#: The type of an instance that names none, an assumption.
DEFAULT = _BY_NAME["m5.large"]


def find(name: str) -> InstanceType | None:
    """The type with a name, if the table has it."""
    return _BY_NAME.get(name)


def nearest(name: str) -> list[str]:
    """The names in the table that are most like this one."""
    return get_close_matches(name, _BY_NAME, n=3)
