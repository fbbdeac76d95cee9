using Microsoft.Extensions.Logging;
using Raft.Core.Membership;
using Raft.Core.StateMachine;
using Raft.Core.Storage;
using Raft.Core.Transport;

namespace Raft.Core.Node;

/// <summary>Runs one node: feeds the core, and carries out what it asks for.</summary>
public sealed class RaftNode : IRaft, IAsyncDisposable
{
    /// <summary>Creates a node that does nothing until <see cref="Start"/>. It does not own storage and transport: dispose them after the node.</summary>
    public RaftNode(RaftNodeOptions options, IRaftStorage storage, IRaftTransport transport, IStateMachine stateMachine, TimeProvider? time = null, ILogger<RaftNode>? logger = null)
        => throw new NotImplementedException();

    /// <inheritdoc/>
    public NodeId Id => throw new NotImplementedException();

    /// <inheritdoc/>
    public RaftStatus Status => throw new NotImplementedException();

    /// <inheritdoc/>
    public Task Completion => throw new NotImplementedException();

    /// <summary>Starts storage, transport and the node's loops. Called once.</summary>
    public void Start() => throw new NotImplementedException();

    /// <summary>Stops the node and completes every waiting call. Idempotent.</summary>
    public Task StopAsync() => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask<ProposalResult> ProposeAsync(ReadOnlyMemory<byte> command, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <inheritdoc/>
    public bool TryForward(ReadOnlyMemory<byte> command) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask ReadBarrierAsync(ReadConsistency consistency, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
