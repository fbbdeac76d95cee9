using System.Security.Cryptography;
using Google.Protobuf;

namespace NexaLoak.Orchestrator.Fleet;

/// <summary>The replicated state as it was at one applied index. Immutable: safe to read from any thread, for as long as wanted.</summary>
internal sealed class FleetView
{
    private readonly Lazy<string> _stateHash;

    /// <summary>Creates the view.</summary>
    public FleetView(ulong appliedIndex, FleetData fleet)
    {
        AppliedIndex = appliedIndex;
        Fleet = fleet;
        _stateHash = new Lazy<string>(() => Convert.ToHexStringLower(SHA256.HashData(FleetSnapshotCodec.Encode(this).ToByteArray())));
    }

    /// <summary>Index of the last command that is part of this view. Raft's applied index may be higher: not every entry is a command.</summary>
    public ulong AppliedIndex { get; }

    /// <summary>The state.</summary>
    public FleetData Fleet { get; }

    /// <summary>
    /// SHA-256 of the view's snapshot in lower-case hexadecimal, the same on every node at the same index. Computed when first asked for.
    /// </summary>
    public string StateHash => _stateHash.Value;
}
