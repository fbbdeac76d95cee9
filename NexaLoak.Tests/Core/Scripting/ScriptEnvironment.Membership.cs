using Raft.Core.Consensus;
using Raft.Core.Log;
using Raft.Core.Membership;

namespace NexaLoak.Tests.Core.Scripting;

// Clusters are founded and change. Members are written as in MembershipText: v1 l2 w3 r4.
internal sealed partial class ScriptEnvironment
{
    /// <summary><c>bootstrap v1 v2 l3</c>: starts nodes, which found a cluster; with the settings of <c>add-nodes</c>.</summary>
    [Verb("bootstrap")]
    private void Bootstrap(ScriptCommand command)
    {
        TakeOptions(command);
        ClusterConfiguration founding = MembershipText.Members(command.TakeRest());
        foreach (NodeId id in founding.Members)
        {
            ScriptNode node = AddNode(id, ClusterConfiguration.Empty);
            node.Core.Bootstrap(founding);
            Observe(node);
        }
    }

    /// <summary><c>join 4 5</c>: starts nodes that know of no cluster yet.</summary>
    [Verb("join")]
    private void Join(ScriptCommand command)
    {
        foreach (NodeId id in command.TakeIds())
        {
            AddNode(id, ClusterConfiguration.Empty);
        }
    }

    /// <summary><c>propose-configuration 1 v4 l5 w6 r1 expect=3</c></summary>
    [Verb("propose-configuration")]
    private void ProposeConfiguration(ScriptCommand command)
    {
        ScriptNode node = Node(command.TakeId());
        ulong? expected = command.TakeNumber("expect");
        ConfigurationStatus status = node.Core.ProposeConfiguration(MembershipText.Change(command.TakeRest()), expected, out LogId place);
        _output.Add($"  {node.Id}: {status}{(status == ConfigurationStatus.Appended ? $" {place}" : "")}");
        Observe(node);
    }
}
