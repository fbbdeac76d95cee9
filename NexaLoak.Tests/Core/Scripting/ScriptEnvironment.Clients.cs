using System.Text;
using Raft.Core.Consensus;
using Raft.Core.Log;
using Raft.Core.Membership;

namespace NexaLoak.Tests.Core.Scripting;

// What clients and operators ask for.
internal sealed partial class ScriptEnvironment
{
    /// <summary><c>propose 1 a</c>, or <c>propose 1 size=100</c> for a command of that many bytes; with <c>forward</c> also on a follower.</summary>
    [Verb("propose")]
    private void Propose(ScriptCommand command)
    {
        ScriptNode node = Node(command.TakeId());
        bool forward = command.TakeFlag("forward");
        byte[] payload = command.TakeNumber("size") is { } size ? new byte[size] : Encoding.ASCII.GetBytes(command.TakeWord("command"));
        ProposalStatus status = node.Core.Propose(payload, forward, out LogId place);
        _output.Add($"  {node.Id}: {status}{(status == ProposalStatus.Appended ? $" {place}" : "")}");
        Observe(node);
    }

    /// <summary><c>transfer-leadership from=1 to=2</c>; without a target, to the most up-to-date voter.</summary>
    [Verb("transfer-leadership")]
    private void TransferLeadership(ScriptCommand command)
    {
        ScriptNode node = Node(new NodeId(command.TakeNumber("from", 0)));
        TransferStatus status = node.Core.TransferLeadership(new NodeId(command.TakeNumber("to", 0)));
        string target = node.Core.TransferTarget.IsNone ? "" : $" to {node.Core.TransferTarget}";
        _output.Add($"  {node.Id}: {status}{target}");
    }

    /// <summary><c>report-unreachable 1 about=3</c></summary>
    [Verb("report-unreachable")]
    private void ReportUnreachable(ScriptCommand command)
        => Node(command.TakeId()).Core.OnUnreachable(new NodeId(command.TakeNumber("about", 0)));

    [Verb("forget-leader")]
    private void ForgetLeader(ScriptCommand command)
    {
        foreach (ScriptNode node in TakeNodes(command))
        {
            if (!node.Core.ForgetLeader())
            {
                _output.Add($"  {node.Id} forgets nothing");
            }

            Observe(node);
        }
    }
}
