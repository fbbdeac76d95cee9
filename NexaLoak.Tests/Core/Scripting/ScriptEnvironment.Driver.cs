using Raft.Core.Consensus;
using Raft.Core.Log;
using Raft.Core.Membership;

namespace NexaLoak.Tests.Core.Scripting;

// What a driver does for its core: hands writes to the disk, sends messages, applies entries. Writes are asynchronous: they complete by a command.
internal sealed partial class ScriptEnvironment
{
    private const int MostRounds = 1000;

    [Verb("process-ready")]
    private void ProcessReady(ScriptCommand command)
    {
        foreach (ScriptNode node in TakeNodes(command))
        {
            if (!ProcessReady(node))
            {
                _output.Add($"> {node.Id} has nothing to do");
            }
        }
    }

    /// <summary>Completes writes, in order: all of them, or those up to a sequence number.</summary>
    [Verb("persist")]
    private void Persist(ScriptCommand command)
    {
        ulong upTo = command.TakeNumber("up-to", ulong.MaxValue);
        foreach (ScriptNode node in TakeNodes(command))
        {
            Persist(node, Math.Min(upTo, node.NewestWrite));
        }
    }

    /// <summary>Lets nodes work, and messages among them arrive, until nothing is left to do. Messages to others stay under way.</summary>
    [Verb("stabilize")]
    private void Stabilize(ScriptCommand command) => Stabilize(TakeNodes(command));

    private void Stabilize(List<ScriptNode> nodes)
    {
        for (int round = 0; ; round++)
        {
            bool busy = false;
            nodes.ForEach(node => busy |= ProcessReady(node));
            nodes.ForEach(node => busy |= Persist(node, node.NewestWrite));
            nodes.ForEach(node => busy |= Deliver(_network.Take(message => message.To == node.Id)));
            if (!busy)
            {
                return;
            }

            if (round == MostRounds)
            {
                throw new ScriptException("the cluster does not come to rest");
            }
        }
    }

    private bool ProcessReady(ScriptNode node)
    {
        if (!node.Core.TakeReady(node.Ready))
        {
            return false;
        }

        _output.Add($"> {node.Id} works");
        Observe(node);
        if (node.Ready.Write is { } write)
        {
            _output.Add($"  {ScriptPrinter.Print(write)}");
            node.Write(write);
        }

        foreach (OutboundMessage outbound in node.Ready.Messages)
        {
            if (outbound.AfterWrite > node.Disk.PersistedSequence)
            {
                _output.Add($"  {ScriptPrinter.Print(outbound.Message)} (after write {outbound.AfterWrite})");
                node.Waiting.Add(outbound);
            }
            else
            {
                Send(outbound.Message);
            }
        }

        CarrySnapshots(node);
        Apply(node);
        foreach (ReadState read in node.Ready.Reads)
        {
            _output.Add($"  read {read.Context} may be served at {read.Index}");
        }

        foreach (ulong read in node.Ready.FailedReads)
        {
            _output.Add($"  read {read} fails");
        }

        return true;
    }

    private void Apply(ScriptNode node)
    {
        List<Entry> entries = node.Entries(node.Applied + 1, node.Ready.ApplicableIndex);
        if (entries.Count > 0)
        {
            node.Applied = entries[^1].Index;
            foreach (Entry entry in entries.Where(entry => entry.Type == EntryType.Configuration))
            {
                node.AppliedConfiguration = (ConfigurationCodec.Decode(entry.Payload.Span), entry.Index);
            }

            _output.Add($"  applies {ScriptPrinter.Print(entries.ToArray())}");
        }
    }

    /// <summary>What waited for a write leaves before the next one completes: a promise that a later write ends was kept until then.</summary>
    private bool Persist(ScriptNode node, ulong upTo)
    {
        if (upTo <= node.Disk.PersistedSequence)
        {
            return false;
        }

        _output.Add($"> {node.Id} persists up to write {upTo}");
        for (ulong next = node.Disk.PersistedSequence + 1; next <= upTo; next++)
        {
            node.Disk.Complete(next);
            foreach (OutboundMessage outbound in node.Waiting.Where(waiting => waiting.AfterWrite == next))
            {
                Send(outbound.Message);
            }

            node.Waiting.RemoveAll(waiting => waiting.AfterWrite == next);
        }

        node.Core.OnPersisted(upTo);
        Observe(node);
        return true;
    }

    private void Send(in Message message)
    {
        bool arrives = _nodes.ContainsKey(message.To) && _network.Send(message);
        _output.Add($"  {ScriptPrinter.Print(message)}{(arrives ? "" : " (lost)")}");
    }
}
