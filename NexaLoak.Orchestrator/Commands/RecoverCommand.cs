using System.CommandLine;
using NexaLoak.Orchestrator.Configuration;
using NexaLoak.Orchestrator.Hosting;
using Raft.Core.Membership;
using Raft.Core.Node.Recovery;
using Raft.Core.Storage;
using Raft.Storage.Faster;

namespace NexaLoak.Orchestrator.Commands;

/// <summary><c>nexaloak recover</c>: makes one survivor of a cluster that lost its quorum go on alone.</summary>
internal static class RecoverCommand
{
    private const string Consent = "--yes-i-lost-the-quorum";
    private const int NotConfirmed = 2;

    private static readonly Option<string> Config = new("--config")
    {
        Description = "Configuration of the surviving node, which must not be running.",
        HelpName = "FILE",
        Required = true,
    };

    private static readonly Option<bool> Confirmed = new(Consent)
    {
        Description = "Do it. Without this option the command only says what it would do, and exits with 2.",
    };

    public static Command Build()
    {
        var command = new Command(
            "recover",
            "Last resort when the majority of the servers is lost for good: make this stopped node, with the log it has, the only member of its cluster.")
        {
            Config, Confirmed,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        NodeConfiguration node = NodeConfigurationReader.Read(arguments.GetRequiredValue(Config));
        TextWriter output = arguments.InvocationConfiguration.Output;
        bool confirmed = arguments.GetValue(Confirmed);
        QuorumRecoveryPlan plan = await RecoverAsync(node, confirmed);
        await output.WriteLineAsync(Describe(node, plan));
        await output.WriteLineAsync(confirmed
            ? $"Done: {node.Self.Name} is the cluster. Start it with 'nexaloak serve --config {node.File}'."
            : $"Nothing was changed. To do all this, run the command again with {Consent}.");
        return confirmed ? 0 : NotConfirmed;
    }

    private static async Task<QuorumRecoveryPlan> RecoverAsync(NodeConfiguration node, bool confirmed)
    {
        FasterStorageOptions options = NodeServices.Storage(node);
        if (!Directory.Exists(options.Directory))
        {
            throw new OperatorException($"{options.Directory} is not there: {node.Self.Name} has no log to go on from. Name a node that has run before.");
        }

        NodeId id = node.Self.Id;
        var alone = new ClusterConfiguration([id], addresses: [KeyValuePair.Create(id, node.Self.RaftAddress)]);
        try
        {
            FasterRaftStorage storage = FasterRaftStorage.Open(options);
            await using (storage.ConfigureAwait(false))
            {
                return confirmed ? await QuorumRecovery.RecoverAsync(storage, id, alone) : QuorumRecovery.Plan(storage, id, alone);
            }
        }
        catch (Exception error) when (error is StorageOpenException or StorageCorruptedException or RecoveryRefusedException)
        {
            throw new OperatorException(error.Message, error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException($"{options.Directory} can't be used: {error.Message} Check the folder, its permissions and the disk.", error);
        }
    }

    private static string Describe(NodeConfiguration node, QuorumRecoveryPlan plan) => $"""
        {node.Self.Name} of cluster {node.Cluster} (id {plan.Survivor}), data in {node.DataDirectory}
          members so far:       {plan.Before}
          its log ends at:      term {plan.Last.Term}, index {plan.Last.Index}
          known as committed:   up to index {plan.CommitIndex}

        RECOVERY WITHOUT A QUORUM, by your word alone:
          new members:          {plan.After}, as of term {plan.Appended.Term}, index {plan.Appended.Index}
          taken for committed:  {Uncommitted(plan)}

        WHAT MAY BE LOST: everything that the other nodes acknowledged and {node.Self.Name} does not have. So recover the survivor with the best log: run
        this command without {Consent} on each, and compare where the logs end: the higher term wins, then the higher index.
        Recover ONE node only. Two recovered nodes are two clusters, which both change the domain.

        THE OTHER NODES must never start on their old data again: delete their data folders before anything else, those of servers that come back
        later too. They join anew, with empty data folders and new ids.

        """;

    private static string Uncommitted(QuorumRecoveryPlan plan) => plan.Uncommitted == 0
        ? "nothing that was not known to be"
        : $"{plan.Uncommitted} entries, from index {plan.CommitIndex + 1} to {plan.Last.Index}, whether a majority ever had them or not";
}
