"""Errors: ECS's own, which the code under test receives, and ours, which the test author reads.

An ECS error is a class named like its code and raised where the fact is found; only `transport/` turns it into anything else.
Rules: botocore's ECS model, the shapes with `exception: true` (31 in botocore 1.44.5); "Common Errors" of the API reference for the rest.
"""

from __future__ import annotations

import operator
from typing import Any, ClassVar


class EcsError(Exception):
    """An answer of ECS that is an error: a code (the class's name), a message, and the members that the model gives it."""

    http_status: ClassVar[int] = 400
    modelled: ClassVar[bool] = True
    """Whether botocore's model has the code, so that `client.exceptions` has a class for it."""

    def __init__(self, message: str | None = None, **fields: Any) -> None:
        super().__init__(message or "")
        self.message = message
        self.fields: dict[str, Any] = fields

    @property
    def code(self) -> str:
        """The error code as it stands on the wire."""
        return type(self).__name__


class AccessDeniedException(EcsError):
    """The caller isn't authorized for the action."""


class AttributeLimitExceededException(EcsError):
    """More than ten custom attributes on one resource."""


class BlockedException(EcsError):
    """The account is blocked."""


class ClientException(EcsError):
    """Something about the request that ECS can't act on: most faults in the content of a task definition."""


class ClusterContainsCapacityProviderException(EcsError):
    """The cluster has a capacity provider of its own and can't be deleted."""


class ClusterContainsContainerInstancesException(EcsError):
    """The cluster has registered container instances and can't be deleted."""


class ClusterContainsServicesException(EcsError):
    """The cluster has active services and can't be deleted."""


class ClusterContainsTasksException(EcsError):
    """The cluster has active tasks and can't be deleted."""


class ClusterNotFoundException(EcsError):
    """The named cluster doesn't exist, or was deleted."""


class ConflictException(EcsError):
    """A client token was used again with other parameters; `resourceIds` names what the token made."""


class DaemonNotActiveException(EcsError):
    """The daemon isn't ACTIVE."""


class DaemonNotFoundException(EcsError):
    """The named daemon doesn't exist."""


class GatewayNotFoundException(EcsError):
    """The named gateway doesn't exist."""


class InvalidParameterException(EcsError):
    """A parameter has a value that ECS refuses: malformed identifiers, unknown enumeration values, sizes of lists."""


class LimitExceededException(EcsError):
    """A quota of the resource is used up."""


class MissingVersionException(EcsError):
    """The container agent's version can't be determined."""


class NamespaceNotFoundException(EcsError):
    """The named Cloud Map namespace doesn't exist."""


class NoUpdateAvailableException(EcsError):
    """The container agent is up to date."""


class PlatformTaskDefinitionIncompatibilityException(EcsError):
    """The platform version doesn't offer what the task definition asks for."""


class PlatformUnknownException(EcsError):
    """The named platform version doesn't exist."""


class ResourceInUseException(EcsError):
    """The resource is in use and can't be removed."""


class ResourceNotFoundException(EcsError):
    """The named resource doesn't exist."""


class ServerException(EcsError):
    """A fault on ECS's side."""

    http_status = 500


class ServiceDeploymentNotFoundException(EcsError):
    """The named service deployment doesn't exist."""


class ServiceNotActiveException(EcsError):
    """The service isn't ACTIVE."""


class ServiceNotFoundException(EcsError):
    """The named service doesn't exist."""


class TargetNotConnectedException(EcsError):
    """The target of ExecuteCommand can't be reached."""


class TargetNotFoundException(EcsError):
    """The target of an attribute doesn't exist."""


class TaskSetNotFoundException(EcsError):
    """The named task set doesn't exist."""


class UnsupportedFeatureException(EcsError):
    """The feature isn't available in the region."""


class UpdateInProgressException(EcsError):
    """An update of the resource is still running."""


class SerializationException(EcsError):
    """The body isn't JSON, or holds a value of the wrong type (common to AWS JSON services)."""

    modelled = False


class ThrottlingException(EcsError):
    """The rate limit was exceeded (Developer Guide, "Request throttling")."""

    modelled = False


class UnknownOperationException(EcsError):
    """The operation isn't one of ECS's (common to AWS JSON services)."""

    modelled = False


class NoAnswer(EcsError):
    """No answer of ECS at all. The code is the name of the exception that botocore raises for it, in `botocore.exceptions`."""

    modelled = False


class ReadTimeoutError(NoAnswer):
    """The client waited for its `read_timeout`, and nothing came."""


class EndpointConnectionError(NoAnswer):
    """The client found no connection to ECS."""


class EcsFakeError(Exception):
    """Whatever the fake has to say to the test author; never an answer of ECS."""


class EcsFakeUsageError(EcsFakeError):
    """The fake was used in a way that can't be meant: an unknown option, an unknown operation in an assertion."""


class EcsFakeNotBuiltError(EcsFakeError, NotImplementedError):
    """The code under test asked for an operation, a member or a value that this version of the fake hasn't got."""


class EcsFakeInternalError(EcsFakeError):
    """A bug in the fake itself, with the operation and the request that met it."""


class CallbackError(EcsFakeError):
    """A callback of the test, such as a program, a subscriber or a hook, raised an exception, which is the cause of this one."""


#: The name before, kept for one release.
HandedInError = CallbackError


class UnusedOrderError(EcsFakeError):
    """The test ordered something that nothing met, such as a fault or a script."""


class UnfakedServiceError(EcsFakeError):
    """The code under test called another AWS service while the fake was on, and nothing answers for that service."""


#: For `__tracebackhide__`: a slip of the test author is shown at the author's own line, a bug of ours where it is.
HIDE_USAGE_ERRORS = operator.methodcaller("errisinstance", EcsFakeUsageError)
