using Raft.Core.Log;
using Raft.Core.Membership;

namespace Raft.Jepsen.Simulation;

// Disks that lose what they had confirmed.
internal sealed partial class SimulatedDisk
{
    private ulong _stateChecksum;
    private bool _isTouched;

    /// <summary>What a restart must find.</summary>
    public DiskContent Kept { get; private set; }

    /// <summary>
    /// The disk is a new one. What the lost one had held stays in <see cref="Durable"/> for the observer: it was durable when it was acknowledged.
    /// </summary>
    public bool IsWiped { get; private set; }

    /// <summary>Behind the last write that is whole there is half of another one.</summary>
    public bool HasTornTail { get; private set; }

    public static uint Checksum(byte[] content) => content.Length == 0 ? 0 : (uint)Hash.Chain(0, content);

    /// <summary>The node is down, and its disk lost.</summary>
    public void Wipe() => IsWiped = true;

    /// <summary>For planted bugs: the node goes on with the new disk.</summary>
    public void StartAfresh()
    {
        IsWiped = false;
        DurableState = IssuedState = default;
        _stateChecksum = ChecksumOf(DurableState);
        DurableSnapshot = null;
        _snapshots.Clear();
        Durable.Clear();
        Issued.Clear();
    }

    /// <summary>For planted bugs: the node goes on with what lies before an entry.</summary>
    public void CutFrom(ulong index)
    {
        Durable.TruncateFrom(index);
        Issued.CopyFrom(Durable);
        DurableState = IssuedState = DurableState with { Commit = Math.Min(DurableState.Commit, index - 1) };
        _stateChecksum = ChecksumOf(DurableState);
    }

    /// <summary>Cuts off a half-written write. True when there was one.</summary>
    public bool CutTornTail()
    {
        bool hadTornTail = HasTornTail;
        HasTornTail = false;
        return hadTornTail;
    }

    /// <summary>The node is down, and something that was durable turns into something else.</summary>
    /// <param name="how">Decides what, where and how.</param>
    public void Damage(int how)
    {
        _isTouched = true;
        int place = how / 8;
        bool isDone = (how % 8) switch
        {
            0 => FlipInState(place),
            1 or 2 => FlipInSnapshot(place),
            3 or 4 => Misdirect(place),
            _ => false,
        };
        if (!isDone && !FlipInLog(place))
        {
            FlipInState(place);
        }
    }

    /// <summary>What a restart finds wrong by its checksums. Disks that nobody damaged are not looked at, because it takes long.</summary>
    public DiskDamage? FindDamage()
    {
        if (!_isTouched)
        {
            return null;
        }

        if (ChecksumOf(DurableState) != _stateChecksum)
        {
            return new DiskDamage(DiskPart.HardState);
        }

        if (DurableSnapshot is { Size: > 0 } snapshot && (ContentOf(snapshot) is not { } content || Checksum(content) != snapshot.Checksum))
        {
            return new DiskDamage(DiskPart.Snapshot);
        }

        return Durable.FindDamage() is { } index ? new DiskDamage(DiskPart.Log, index) : null;
    }

    private static ulong ChecksumOf(HardState state) => Hash.Chain(Hash.Chain(Hash.Chain(1, state.Term), state.VotedFor.Value), state.Commit);

    private void Remember()
    {
        Kept = new DiskContent(Durable.Base, Durable.LastId, DurableSnapshot?.Id ?? default);
        _stateChecksum = ChecksumOf(DurableState);
        HasTornTail = false;
    }

    private bool FlipInState(int place)
    {
        DurableState = place % 2 == 0
            ? DurableState with { Term = DurableState.Term ^ (1UL << (place / 2 % 16)) }
            : DurableState with { VotedFor = new NodeId(DurableState.VotedFor.Value ^ (1UL << (place / 2 % 3))) };
        return true;
    }

    private bool FlipInSnapshot(int place)
    {
        if (DurableSnapshot is not { Size: > 0 } snapshot)
        {
            return false;
        }

        _snapshots[snapshot] = WithFlippedBit(_snapshots[snapshot], place);
        return true;
    }

    private bool FlipInLog(int place)
    {
        List<ulong> commands = Durable.Commands();
        if (commands.Count == 0)
        {
            return false;
        }

        ulong index = commands[place % commands.Count];
        byte[] payload = Durable[index].Entry.Payload.ToArray();
        Rewrite(index, WithFlippedBit(payload, place / commands.Count));
        return true;
    }

    /// <summary>The content of one entry lies where another one belongs.</summary>
    private bool Misdirect(int place)
    {
        List<ulong> commands = Durable.Commands();
        if (commands.Count == 0)
        {
            return false;
        }

        ulong index = commands[place % commands.Count];
        ulong other = commands[place / commands.Count % commands.Count];
        ReadOnlyMemory<byte> payload = Durable[other].Entry.Payload;
        Rewrite(index, payload);
        return FindDamage() is not null;
    }

    private void Rewrite(ulong index, ReadOnlyMemory<byte> payload)
    {
        Durable.Rewrite(index, payload);
        Issued.CopyFrom(Durable);
    }

    private static byte[] WithFlippedBit(byte[] bytes, int place)
    {
        byte[] changed = [.. bytes];
        changed[place % changed.Length] ^= (byte)(1 << (place % 8));
        return changed;
    }
}
