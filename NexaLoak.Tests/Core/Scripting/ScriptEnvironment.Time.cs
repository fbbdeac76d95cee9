using Raft.Core.Consensus;

namespace NexaLoak.Tests.Core.Scripting;

// Time passes, or elections start without waiting for it.
internal sealed partial class ScriptEnvironment
{
    [Verb("campaign")]
    private void Campaign(ScriptCommand command)
    {
        foreach (ScriptNode node in TakeNodes(command))
        {
            node.Core.Campaign();
            Observe(node);
        }
    }

    /// <summary><c>tick 3 2</c>: three ticks for node 2.</summary>
    [Verb("tick")]
    private void Tick(ScriptCommand command)
    {
        ulong ticks = command.Number(command.TakeWord("number of ticks"));
        foreach (ScriptNode node in TakeNodes(command))
        {
            Tick(node, (int)ticks);
        }
    }

    [Verb("tick-heartbeat")]
    private void TickHeartbeat(ScriptCommand command)
    {
        foreach (ScriptNode node in TakeNodes(command))
        {
            Tick(node, node.Options.HeartbeatTicks);
        }
    }

    /// <summary>Ticks until the node's election timeout is over; on a leader, for the shortest one.</summary>
    [Verb("tick-election")]
    private void TickElection(ScriptCommand command)
    {
        foreach (ScriptNode node in TakeNodes(command))
        {
            ElectionTimer timer = node.Core.ElectionTimer;
            Tick(node, node.Core.Role == Role.Leader ? node.Options.ElectionTicks : Math.Max(1, timer.Timeout - timer.Elapsed));
        }
    }

    /// <summary>Holds until the node draws its next timeout.</summary>
    [Verb("set-randomized-election-timeout")]
    private void SetElectionTimeout(ScriptCommand command)
    {
        int timeout = (int)command.TakeNumber("timeout", 0);
        foreach (ScriptNode node in TakeNodes(command))
        {
            node.Core.ElectionTimer.Timeout = timeout;
        }
    }

    /// <summary><c>pass 10</c>: ten ticks for all, each followed by everything that it sets off.</summary>
    [Verb("pass")]
    private void Pass(ScriptCommand command)
    {
        ulong ticks = command.Number(command.TakeWord("number of ticks"));
        List<ScriptNode> nodes = TakeNodes(command);
        for (; ticks > 0; ticks--)
        {
            nodes.ForEach(node => Tick(node, 1));
            Stabilize(nodes);
        }
    }

    /// <summary><c>advance-time 5000 1</c>: the clock of node 1 goes on, in microseconds, without a tick, as while its process is paused.</summary>
    [Verb("advance-time")]
    private void AdvanceTime(ScriptCommand command)
    {
        long microseconds = (long)command.Number(command.TakeWord("number of microseconds"));
        TakeNodes(command).ForEach(node => node.AdvanceTime(microseconds));
    }

    private void Tick(ScriptNode node, int ticks)
    {
        for (; ticks > 0; ticks--)
        {
            if (node.Options.TickMicroseconds > 0)
            {
                node.AdvanceTime(node.Options.TickMicroseconds);
            }

            node.Core.Tick();
            Observe(node);
        }
    }
}
