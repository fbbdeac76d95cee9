using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Running.Network.Namespaces;

/// <summary>
/// One direction of a switch. What is wrong with it may be changed from any thread; all else is the thread's of the switch.
/// </summary>
/// <param name="random">Draws what happens to packets.</param>
internal sealed class SwitchLink(RandomStream random)
{
    /// <summary>Packets that wait at the same time; with more, the newest is dropped, as a router does.</summary>
    public const int MaxWaiting = 1000;

    private readonly long[] _counts = new long[Enum.GetValues<PacketFate>().Length];
    private volatile LinkFaults _faults = LinkFaults.None;
    private volatile bool _isCut;

    /// <summary>Nothing gets through.</summary>
    public bool IsCut
    {
        get => _isCut;
        set => _isCut = value;
    }

    /// <summary>What is wrong with it.</summary>
    public LinkFaults Faults
    {
        get => _faults;
        set => _faults = value;
    }

    /// <summary>Draws what happens to packets.</summary>
    public RandomStream Random => random;

    /// <summary>Packets that are on their way.</summary>
    public int Waiting { get; set; }

    /// <summary>When what was sent so far has left, with a bound on the bytes a second.</summary>
    public long FreeAt { get; set; }

    /// <summary>How many packets had a fate.</summary>
    public long Count(PacketFate fate) => Interlocked.Read(ref _counts[(int)fate]);

    /// <summary>A packet had a fate.</summary>
    public void Add(PacketFate fate) => Interlocked.Increment(ref _counts[(int)fate]);
}
