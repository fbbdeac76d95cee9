using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Raft.Core.Log;
using Raft.Core.Sessions;
using Raft.Core.StateMachine;

namespace Raft.Jepsen.Serving;

/// <summary>
/// Everything that is the same on all nodes, the store and the client sessions before it, with a lock around both: so that others can read the
/// store, and compare the state of nodes, between two commands.
/// </summary>
internal sealed class ReplicatedState : ISnapshotStateMachine
{
    private readonly Lock _gate = new();
    private readonly StoreMachine _store = new();
    private readonly Plant _plant;
    private SessionStateMachine _sessions;
    private ISnapshotStateMachine _machine;

    /// <param name="plant">The bug to plant.</param>
    public ReplicatedState(Plant plant)
    {
        _plant = plant;
        BeginSessions();
    }

    /// <summary>Commands answered with a kept reply since the process began. Not part of the replicated state.</summary>
    public long Suppressed => _sessions.Suppressed;

    /// <summary>What the store holds now.</summary>
    public KeySpace Keys
    {
        get
        {
            lock (_gate)
            {
                return _store.Keys;
            }
        }
    }

    /// <summary>
    /// Hash of all that is replicated, after the last command that was applied. Commands that opened or closed sessions do not count in
    /// <see cref="KeySpace.LastIndex"/>, so nodes are compared once nothing is under way.
    /// </summary>
    public string ComputeHash()
    {
        KeySpace keys;
        ulong sessions;
        lock (_gate)
        {
            keys = _store.Keys;
            sessions = _sessions.ComputeSessionHash();
        }

        using var content = new MemoryStream();
        keys.WriteTo(content);
        content.Write(BitConverter.GetBytes(sessions));
        return Convert.ToHexStringLower(SHA256.HashData(content.GetBuffer().AsSpan(0, (int)content.Length)).AsSpan(0, sizeof(ulong)));
    }

    public ReadOnlyMemory<byte> Apply(in Entry entry)
    {
        lock (_gate)
        {
            return _machine.Apply(entry);
        }
    }

    public IStateMachineSnapshot Capture()
    {
        lock (_gate)
        {
            return _machine.Capture();
        }
    }

    public void Restore(Stream content)
    {
        lock (_gate)
        {
            _machine.Restore(content);
        }
    }

    /// <summary>For planted bugs: only what the commands changed is left.</summary>
    [MemberNotNull(nameof(_sessions), nameof(_machine))]
    public void BeginSessions()
    {
        lock (_gate)
        {
            _sessions = SessionStateMachine.Over(_store);
            var snapshots = (ISnapshotStateMachine)_sessions;
            _machine = _plant == Plant.NoDeduplication ? new Forgetful(snapshots) : snapshots;
        }
    }

    /// <summary>A planted bug: what a client sends again is carried out again.</summary>
    private sealed class Forgetful(ISnapshotStateMachine inner) : ISnapshotStateMachine
    {
        public ReadOnlyMemory<byte> Apply(in Entry entry)
            => SessionCodec.TryDecode(entry.Payload, out SessionCommand command) && command.Kind == SessionCommandKind.Propose
                ? inner.Apply(entry with { Payload = SessionCodec.Encode(command with { Kind = SessionCommandKind.Plain }) })
                : inner.Apply(entry);

        public IStateMachineSnapshot Capture() => inner.Capture();

        public void Restore(Stream content) => inner.Restore(content);
    }
}
