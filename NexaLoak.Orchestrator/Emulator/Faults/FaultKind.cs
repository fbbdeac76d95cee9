using System.Text.Json.Serialization;

namespace NexaLoak.Orchestrator.Emulator.Faults;

/// <summary>What goes wrong with a request.</summary>
[JsonConverter(typeof(FaultKindConverter))]
internal enum FaultKind
{
    /// <summary>It waits, and is carried out then, whether its client still listens or not.</summary>
    HangBefore,

    /// <summary>It is carried out, and its answer waits.</summary>
    HangAfter,

    /// <summary>The connection breaks, and nothing is done.</summary>
    DropBefore,

    /// <summary>It is carried out, and the connection breaks without an answer.</summary>
    DropAfter,

    /// <summary>It is refused with status 429 and a time to wait.</summary>
    RateLimit,

    /// <summary>It is refused with status 500 and a page of HTML.</summary>
    ServerError,

    /// <summary>Its token is no longer known.</summary>
    RevokeToken,

    /// <summary>Its token may not be used from its address.</summary>
    RefuseAddress,

    /// <summary>A list shows the records as they were when the fault was set.</summary>
    StaleList,

    /// <summary>A list has small pages.</summary>
    SmallPages,
}
