"""Errors: those of ECS, which the code under test receives, and our own, which the test author reads.

Each error of ECS is a class named like its code. It is raised where its reason is found, and only `transport/` converts it for botocore.
Rules: botocore's ECS model, the shapes with `exception: true` (31 in botocore 1.44.5); "Common Errors" of the API reference for the rest.
"""

from __future__ import annotations

import operator
import sys
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    _Failed = BaseException
else:
    #: pytest's own failure, which it handles in fixtures and plugins as well; without pytest its base class.
    _Failed = getattr(getattr(sys.modules.get("pytest"), "fail", None), "Exception", BaseException)


class EcsError(Exception):
    """An error that ECS answers with: a code (the class's name), a message, and the members that the model gives it."""

    http_status: ClassVar[int] = 400
    modelled: ClassVar[bool] = True
    """Whether botocore's model has the code. If so, `client.exceptions` has a class for it."""

    def __init__(self, message: str | None = None, **fields: Any) -> None:
        super().__init__(message or "")
        self.message = message
        self.fields: dict[str, Any] = fields

    @property
    def code(self) -> str:
        """The error code as it is sent."""
        return type(self).__name__


class AccessDeniedException(EcsError):
    """The caller isn't authorized for the action."""


class AttributeLimitExceededException(EcsError):
    """More than ten custom attributes on one resource."""


class BlockedException(EcsError):
    """The account is blocked."""


class ClientException(EcsError):
    """ECS can't act on the request. Most errors in the content of a task definition have this code."""


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
    """The request's body isn't JSON, or has a value of the wrong type (common to AWS JSON services)."""

    modelled = False


class ThrottlingException(EcsError):
    """The rate limit was exceeded (Developer Guide, "Request throttling")."""

    modelled = False


class UnknownOperationException(EcsError):
    """The operation isn't one of ECS's (common to AWS JSON services)."""

    modelled = False


class NoAnswer(EcsError):
    """ECS doesn't answer at all. The code is the name of the exception in `botocore.exceptions` that botocore raises then."""

    modelled = False


class ReadTimeoutError(NoAnswer):
    """No answer arrived within the client's `read_timeout`."""


class EndpointConnectionError(NoAnswer):
    """The client couldn't connect to ECS."""


class EcsFakeError(Exception):
    """The base class of all errors that the fake reports to the test author. None of them is an answer of ECS."""


class EcsFakeUsageError(EcsFakeError):
    """The fake was used wrongly, such as with an unknown option, or with an unknown operation in an assertion."""


class EcsFakeNotBuiltError(EcsFakeError, NotImplementedError):
    """The code under test used an operation, a parameter or a value that this version of the fake doesn't have."""


class EcsFakeInternalError(EcsFakeError):
    """A bug in the fake itself. The text names the operation and shows the request."""


class CallbackError(EcsFakeError):
    """A callback of the test, such as a program, a subscriber or a hook, raised an exception. That exception is the cause of this one."""


#: The former name, kept for one release.
HandedInError = CallbackError


class UnusedOrderError(EcsFakeError):
    """An order of the test, such as a fault or a script, was never met."""


class UnfakedServiceError(EcsFakeError):
    """The code under test called another AWS service while the fake was on, and nothing answers for that service."""


class EndlessPollError(_Failed):
    """The code under test polls for something that can't come any more. It isn't an Exception, or a retry loop would swallow it and poll on."""


#: What the fake reports at the end of a test, if the code under test may have swallowed it.
Problem = EcsFakeError | EndlessPollError


class AnsweredElsewhereWarning(UserWarning):
    """Every call of ECS that a test made was answered by something else, such as a Stubber, and none reached the fake."""


#: For `__tracebackhide__`: a usage error is shown at the test author's line, but a bug in the fake at the line where it happened.
HIDE_USAGE_ERRORS = operator.methodcaller("errisinstance", EcsFakeUsageError)
