using Raft.Core.Consensus;
using Raft.Core.Storage;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Mutants;

/// <summary>
/// A known bug, planted between the core and the simulated world: a driver that breaks the core's contract, or messages and disk contents
/// changed so that the core acts as if the bug were in it; or, where neither leads there, one of the core's rules replaced. The base class plants nothing.
/// </summary>
internal class Mutant(string name, string description, params string[] properties)
{
    public static Mutant None { get; } = new("none", "No bug.");

    public string Name => name;

    public string Description => description;

    /// <summary>The beginnings of the names of the properties that may notice it.</summary>
    public IReadOnlyList<string> Properties => properties;

    /// <summary>The run broke a property that may notice this bug.</summary>
    public bool IsFoundBy(SimulationResult result)
        => result.Failure is { } failure && properties.Any(beginning => failure.Property.StartsWith(beginning, StringComparison.Ordinal));

    /// <summary>The message leaves although the write it waits for is not durable.</summary>
    public virtual bool SendsAtOnce(in Message message) => false;

    /// <summary>The core hears that a write is durable when it is only issued.</summary>
    public virtual bool ReportsAtIssue(SimulatedNode node) => false;

    /// <summary>The core gets back what it handed out while it is still looked at.</summary>
    public virtual bool ReleasesAtOnce => false;

    /// <summary>The core hears that a snapshot is saved when it is only captured.</summary>
    public virtual bool ReportsSnapshotsAtOnce => false;

    /// <summary>What a node gives to its sessions in place of a command.</summary>
    public virtual ReadOnlyMemory<byte> SessionPayload(ReadOnlyMemory<byte> payload, DateTimeOffset now) => payload;

    /// <summary>A node that goes on from a snapshot knows no sessions.</summary>
    public virtual bool ForgetsSessions => false;

    /// <summary>A write that failed is taken for done.</summary>
    public virtual bool IgnoresDiskErrors => false;

    /// <summary>A write for which the disk had no room is taken for done.</summary>
    public virtual bool IgnoresFullDisks => false;

    /// <summary>A node whose disk was wiped starts all the same, under its old id.</summary>
    public virtual bool StartsWiped => false;

    /// <summary>A node starts from a damaged disk all the same, and may change what it holds before.</summary>
    public virtual bool StartsDamaged(SimulatedDisk disk, DiskDamage damage) => false;

    /// <summary>Clients of a lost leadership hear that their commands failed.</summary>
    public virtual bool CallsUnknownFailed => false;

    /// <summary>Changes a node's options.</summary>
    public virtual RaftOptions Configure(RaftOptions options) => options;

    /// <summary>The rules that a core goes by.</summary>
    public virtual ConsensusRules Rules => ConsensusRules.Proven;

    /// <summary>Changes what a restarted node finds.</summary>
    public virtual RecoveredState Recover(RecoveredState state) => state;

    /// <summary>A write was lost in a crash.</summary>
    public virtual void OnWriteLost(SimulatedDisk disk, in StorageWrite write)
    {
    }

    /// <summary>The message goes to every node there is, member or not.</summary>
    public virtual bool ReachesEverybody(in Message message) => false;

    /// <summary>Changes a message before it leaves.</summary>
    public virtual Message Outgoing(SimulatedNode node, in Message message) => message;

    /// <summary>Gives a message to the core.</summary>
    public virtual void Deliver(SimulatedNode node, in Message message) => node.Core!.Step(message);

    /// <summary>A tick of time passes.</summary>
    public virtual void Tick(SimulatedNode node) => node.Core!.Tick();

    /// <summary>What the node takes for committed.</summary>
    public virtual ulong CommitIndex(SimulatedNode node) => node.Core!.CommitIndex;

    /// <summary>Up to where the node tells clients that their commands are done.</summary>
    public virtual ulong AnswerLimit(SimulatedNode node) => node.StateMachine.AppliedIndex;

    /// <summary>How far the node applies.</summary>
    public virtual ulong ApplyLimit(SimulatedNode node, ulong applicable) => applicable;

    /// <summary>Whether a read is served by lease.</summary>
    public virtual bool TryLeaseRead(SimulatedNode node, long clock, out ulong index) => node.Core!.TryLeaseRead(out index);

    /// <summary>The clock that a node goes by.</summary>
    public virtual long Clock(SimulatedNode node, long now) => node.ClockAt(now);

    /// <summary>Reads that come while a node is paused are served by lease, without a look at the clock.</summary>
    public virtual bool TrustsLeaseOverPause => false;

    /// <summary>Up to which index confirmed reads are served by a state that is applied up to <paramref name="applied"/>.</summary>
    public virtual ulong ServeLimit(ulong applied) => applied;

    /// <summary>Whether a read of a bounded age is served.</summary>
    public virtual bool TryBoundedStaleRead(SimulatedNode node, long maxAge, out ulong index) => node.Core!.TryBoundedStaleRead(maxAge, out index);

    /// <summary>Up to where the state goes that a read of a bounded age sees, which must see an index at least.</summary>
    public virtual ulong StateServed(SimulatedNode node, ulong index) => node.StateMachine.AppliedIndex;

    /// <summary>Reads are served without asking anybody.</summary>
    public virtual bool ServesReadsAtOnce => false;

    /// <summary>The index at which a confirmed read is served.</summary>
    public virtual ulong ReadIndex(in PendingRead read, ulong confirmed) => confirmed;
}
