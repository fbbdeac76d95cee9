using Raft.Jepsen.Histories;
using Raft.Jepsen.Running.Processes;
using Raft.Jepsen.Serving;
using Raft.Jepsen.Workloads;

namespace Raft.Jepsen.Running.Nemeses;

/// <summary>
/// Suspends nodes (SIGSTOP) and lets them go on. A leader is suspended for longer than its followers wait for it, and gets reads meanwhile: they
/// wait in its sockets while another one leads, and are the first thing that it answers.
/// </summary>
/// <param name="load">Whose keys are read.</param>
internal sealed class PauseNemesis(Load load) : Nemesis
{
    private const int QueuedReads = 6;

    private static readonly TimeSpan QueuedLimit = TimeSpan.FromSeconds(30);

    // Readers of their own: these reads last longer than others.
    private readonly RecordedClient[] _readers = [.. Enumerable.Range(0, QueuedReads).Select(_ => load.Recorder.NewClient())];

    public override string Name => "pause";

    protected override async Task<bool> StrikeAsync(NemesisContext context, StrikePlan plan, CancellationToken stop)
    {
        Targets targets = await plan.PickAsync(context.Cluster).ConfigureAwait(false);
        bool leads = targets.Kind == TargetKind.Leader;
        NodeProcess[] nodes = [.. targets.Nodes.Select(context.Cluster.Find).OfType<NodeProcess>()];
        context.Recorder.Nemesis("start-pause", targets.Nodes, targets.Name);
        bool[] suspended = await Task.WhenAll(nodes.Select(node => node.SuspendAsync())).ConfigureAwait(false);
        Task queued = leads && suspended is [true] ? ReadAsync(context, targets.Nodes[0]) : Task.CompletedTask;
        await WaitAsync(leads ? context.LongestElectionMs + plan.HoldMs : plan.HoldMs, stop).ConfigureAwait(false);
        await Task.WhenAll(nodes.Select(node => node.ResumeAsync())).ConfigureAwait(false);
        context.Recorder.Nemesis("stop-pause", targets.Nodes);
        await queued.ConfigureAwait(false);
        return suspended.Contains(true);
    }

    private Task ReadAsync(NemesisContext context, ulong node)
    {
        WorkKey[] keys = [.. load.Keys.Current.Where(key => key.IsOpen)];
        return Task.WhenAll(_readers.Select((reader, number) => ReadAsync(context, reader, keys[number % keys.Length], node, number)));
    }

    private async Task ReadAsync(NemesisContext context, RecordedClient reader, WorkKey key, ulong node, int number)
    {
        RequestedConsistency consistency = load.Options.Leases && number % 2 == 0 ? RequestedConsistency.Lease : RequestedConsistency.Linearizable;
        ClientRequest request = ClientRequest.Read(key.Name, consistency) with { Node = node };
        byte[] body = RequestBody.Of(request, RequestMix.NameOf(consistency));
        reader.Invoke(request);
        reader.End(request, await context.Cluster.PostAsync(node, StoreEndpoints.Operations, body, QueuedLimit).ConfigureAwait(false));
    }
}
