using System.Diagnostics;
using System.Globalization;
using Raft.Jepsen.Checking;
using Raft.Jepsen.Histories;
using Raft.Jepsen.Reports;
using Raft.Jepsen.Running.Disks;
using Raft.Jepsen.Running.Faults;
using Raft.Jepsen.Running.Nemeses;
using Raft.Jepsen.Running.Network;
using Raft.Jepsen.Simulation;
using Raft.Jepsen.Workloads;

namespace Raft.Jepsen.Running;

/// <summary>One run: a cluster of processes under load and faults, then healed, compared, read once more, and judged.</summary>
/// <param name="options">What it does.</param>
/// <param name="command">The command that does the same again.</param>
/// <param name="tell">Gets a line for people, now and then.</param>
internal sealed class ClusterRun(RunOptions options, string command, Action<string> tell)
{
    private const int PollMs = 100;

    /// <summary>Changes that must be acknowledged when the faults are over.</summary>
    private const int ChangesAfterFaults = 20;

    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(3);

    private readonly List<string> _broken = [];
    private readonly List<string> _undecided = [];
    private readonly RandomStreams _streams = new(options.Seed);
    private readonly Dictionary<string, string> _tools = [];
    private Nemesis[] _nemeses = [];
    private FaultShim? _shim;
    private KillRoundsResult? _rounds;
    private IReadOnlyList<LeaderSighting> _sightings = [];
    private ConvergedState? _converged;
    private double? _convergedAfter;
    private long? _healedNs;

    /// <summary>Runs to the end. Nothing is left behind but the folder.</summary>
    /// <param name="stop">Ends the run early, without a verdict.</param>
    /// <exception cref="HarnessException">The run can't begin.</exception>
    public async Task<RunResult> RunAsync(CancellationToken stop)
    {
        long began = Stopwatch.GetTimestamp();
        NetworkChoice choice = NetworkChoice.Make(options.Network, _streams);
        await using INodeNetwork network = choice.Network;
        var folder = new RunFolder(options.Folder);
        tell($"Network: {choice}");
        PrepareTools(folder);
        RunResult result;
        Load load;
        using (var file = new FileStream(folder.History, FileMode.CreateNew, FileAccess.Write, FileShare.Read))
        {
            using var recorder = new HistoryRecorder(file, TimeProvider.System);
            var cluster = new Cluster(options, folder, network, _shim);
            await using (cluster.ConfigureAwait(false))
            {
                load = new Load(options.Load, cluster, recorder, _streams, TimeProvider.System);
                await ActWatchedAsync(cluster, load, stop).ConfigureAwait(false);
            }
        }

        result = Judge(folder, load, RunNetwork.Of(choice), began);
        File.WriteAllText(folder.Results, result.ToJson() + "\n");
        if (result.Verdict == RunVerdict.Valid && !options.KeepData)
        {
            folder.RemoveNodes();
        }

        return result;
    }

    private void PrepareTools(RunFolder folder)
    {
        try
        {
            if (options.Nemeses.Any(NemesisCatalog.ShimNames.Contains))
            {
                _shim = FaultShim.CompileAndTry(folder.Shim);
                _tools["cc"] = _shim.Compiler;
            }

            if (options.NeedsDisks)
            {
                NodeDisk.Require(folder.TriedDisk);
                _tools["disks"] = NodeDisk.Form;
            }
        }
        catch (HarnessException)
        {
            // The same folder is good for another try.
            folder.RemoveNodes();
            throw;
        }
    }

    /// <summary>Acts while somebody notes who leads.</summary>
    private async Task ActWatchedAsync(Cluster cluster, Load load, CancellationToken stop)
    {
        var watch = new LeaderWatch(cluster, load.Recorder);
        using var endOfWatch = new CancellationTokenSource();
        Task watching = watch.RunAsync(endOfWatch.Token);
        try
        {
            await ActAsync(cluster, load, stop).ConfigureAwait(false);
        }
        finally
        {
            await endOfWatch.CancelAsync().ConfigureAwait(false);
            await watching.ConfigureAwait(false);
            _sightings = watch.Sightings;
        }
    }

    private async Task ActAsync(Cluster cluster, Load load, CancellationToken stop)
    {
        try
        {
            await cluster.StartAllAsync().ConfigureAwait(false);
            await AwaitLeaderAsync(cluster, stop).ConfigureAwait(false);
            RequireShim(cluster);
            await WorkAsync(cluster, load, stop).ConfigureAwait(false);
            long healed = Stopwatch.GetTimestamp();
            _converged = await Convergence.AwaitAsync(cluster, stop).ConfigureAwait(false);
            _convergedAfter = Stopwatch.GetElapsedTime(healed).TotalSeconds;
            tell($"All nodes agree after {_convergedAfter:0.0} s: leader {_converged.Leader}, applied {_converged.Applied}, state {_converged.Hash}.");
            await FinalReader.RunAsync(load, stop).ConfigureAwait(false);
        }
        catch (Exception error) when (error is DivergenceException or MisbehaviourException)
        {
            _broken.Add(error.Message);
        }
        catch (HarnessException error)
        {
            _undecided.Add(error.Message);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            _undecided.Add("The run was told to stop.");
        }
    }

    private static async Task AwaitLeaderAsync(Cluster cluster, CancellationToken stop)
    {
        long began = Stopwatch.GetTimestamp();
        while (await cluster.LeaderAsync(stop).ConfigureAwait(false) is null)
        {
            if (cluster.Nodes.FirstOrDefault(node => node.HasDied) is { } dead)
            {
                throw new HarnessException($"Node {dead.Id} ended at once: {string.Join(" | ", dead.LastLines)}");
            }

            if (Stopwatch.GetElapsedTime(began) > StartLimit)
            {
                throw new HarnessException($"No leader was elected within {StartLimit.TotalSeconds} s. See the logs of the nodes.");
            }

            await Task.Delay(PollMs, stop).ConfigureAwait(false);
        }
    }

    /// <summary>A shim that was not loaded, as into a program that is linked otherwise, would let every run be valid.</summary>
    private void RequireShim(Cluster cluster)
    {
        if (_shim is not null && cluster.Nodes.FirstOrDefault(node => node.Faults?.AnsweredBy != node.Pid) is { } without)
        {
            throw new HarnessException(
                $"The library of faults does not answer in the process of node {without.Id}, so nothing would come of its faults. See its log.");
        }
    }

    /// <summary>Load and faults, until the faults are healed, changes are acknowledged again, and the last request has ended.</summary>
    private async Task WorkAsync(Cluster cluster, Load load, CancellationToken stop)
    {
        var context = new NemesisContext(cluster, load.Recorder, options.Tick, stop);
        _nemeses = [.. options.Nemeses.Select(name => NemesisCatalog.Create(name, load))];
        using var endOfFaults = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var endOfLoad = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task lasting = LastAsync(context, load, endOfFaults.Token);
        Task working = load.RunAsync(endOfLoad.Token);
        Task watching = WatchAsync(cluster, endOfLoad.Token);
        Task[] harming = [.. _nemeses.Select((nemesis, number) => Task.Run(
            () => nemesis.RunAsync(context, _streams.Open(RandomPurpose.Nemesis, number + 1), endOfFaults.Token), CancellationToken.None))];
        try
        {
            await Task.WhenAny([lasting, working, watching, .. harming]).Unwrap().ConfigureAwait(false);
            await EndFaultsAsync().ConfigureAwait(false);
            Task recovering = load.AwaitChangesAsync(load.Acknowledged, ChangesAfterFaults, endOfLoad.Token);
            await Task.WhenAny(recovering, working, watching).Unwrap().ConfigureAwait(false);
        }
        finally
        {
            await EndFaultsAsync().ConfigureAwait(false);
            await endOfLoad.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(working, watching).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await Task.WhenAll([working, watching, .. harming]).ConfigureAwait(false);

        async Task EndFaultsAsync()
        {
            await endOfFaults.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll([lasting, .. harming]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await HealAsync(cluster).ConfigureAwait(false);
            _healedNs ??= load.Recorder.ElapsedNs;
        }
    }

    /// <summary>For the time of the run, or for all rounds of kills.</summary>
    private async Task LastAsync(NemesisContext context, Load load, CancellationToken stop)
    {
        if (options.Rounds is not { } count)
        {
            await Task.Delay(options.Time, stop).ConfigureAwait(false);
            return;
        }

        var rounds = new KillRounds(context, load, _streams.Open(RandomPurpose.Nemesis), options.RoundTarget, options.RoundsCutPower);
        try
        {
            Action<int> progress = round => tell($"Round {round} of {count}, {load.Acknowledged} changes acknowledged.");
            await rounds.RunAsync(count, progress, stop).ConfigureAwait(false);
        }
        finally
        {
            _rounds = rounds.Result;
        }
    }

    private static async Task HealAsync(Cluster cluster)
    {
        cluster.Network.HealAll();
        Array.ForEach(cluster.FaultsOf(cluster.Ids), faults => faults.Heal());
        await Task.WhenAll(cluster.Nodes.Select(node => node.ResumeAsync())).ConfigureAwait(false);
        await cluster.StartAllAsync().ConfigureAwait(false);
    }

    /// <summary>A node that ends by itself has met something that it can't go on with.</summary>
    private async Task WatchAsync(Cluster cluster, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            if (cluster.Nodes.FirstOrDefault(node => node.HasDied) is { } dead)
            {
                _broken.Add($"Node {dead.Id} ended by itself: {string.Join(" | ", dead.LastLines.TakeLast(3))}");
                return;
            }

            await Task.Delay(PollMs, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Seconds from the end of the last fault until a node said that it leads.</summary>
    private double? LeaderAfter()
        => _healedNs is { } healed && _sightings.FirstOrDefault(sighting => sighting.TimeNs >= healed) is { } first ? (first.TimeNs - healed) / 1e9 : null;

    /// <summary>Of a run whose nodes never agreed, this says nothing: it has no verdict, or a worse one, already.</summary>
    private void RequireLeaderInTime()
    {
        if (_converged is not null && options.LeaderWithin is { } limit && LeaderAfter() is var after && !(after <= limit.TotalSeconds))
        {
            string instead = after is { } seconds ? string.Create(CultureInfo.InvariantCulture, $"the first did after {seconds:0.0} s") : "none did";
            _broken.Add(string.Create(
                CultureInfo.InvariantCulture, $"No node said within {limit.TotalSeconds:0.######} s of the end of the faults that it leads: {instead}."));
        }
    }

    /// <summary>Reads the history back, and writes it in the form of other checkers too.</summary>
    private static History ReadHistory(RunFolder folder)
    {
        using TextReader reader = File.OpenText(folder.History);
        History history = HistoryReader.Read(reader);
        foreach (KeyKind kind in Enum.GetValues<KeyKind>())
        {
            using TextWriter edn = File.CreateText(folder.Edn(kind.ToString().ToLowerInvariant()));
            new EdnWriter(history, kind).Write(edn);
        }

        return history;
    }

    private RunResult Judge(RunFolder folder, Load load, RunNetwork network, long began)
    {
        History history = ReadHistory(folder);
        RunPictures.Write(folder, history, _sightings);
        HistoryVerdict verdict = new HistoryChecker().Check(history);
        _broken.AddRange(verdict.Findings.Select(finding => finding.ToString()));
        _undecided.AddRange(verdict.Undecided);
        RequireLeaderInTime();
        var outcomes = history.Operations.GroupBy(operation => operation.Outcome).ToDictionary(group => group.Key, group => group.LongCount());
        return new RunResult
        {
            Verdict = _broken.Count > 0 ? RunVerdict.Invalid : _undecided.Count > 0 ? RunVerdict.CouldNotTell : RunVerdict.Valid,
            Problems = [.. _broken, .. _undecided],
            Checks = [.. verdict.Results.Select(RunCheck.Of)],
            Command = command,
            Operations = Enum.GetValues<Outcome>().ToDictionary(
                outcome => outcome.ToString().ToLowerInvariant(), outcome => outcomes.GetValueOrDefault(outcome)),
            AcknowledgedWrites = load.Acknowledged,
            Appends = AppendTally.Of(history),
            Strikes = _nemeses.ToDictionary(nemesis => nemesis.Name, nemesis => nemesis.Strikes),
            Tools = _tools.Count == 0 ? null : _tools,
            Done = FaultTally.Of(history),
            Network = network,
            Leaders = _sightings.Select(sighting => (sighting.Node, sighting.Term)).Distinct().Count(),
            Rounds = _rounds,
            Keys = load.Keys.All.Count,
            LeaderAfterS = LeaderAfter(),
            ConvergedAfterS = _convergedAfter,
            Converged = _converged,
            WallS = Stopwatch.GetElapsedTime(began).TotalSeconds,
        };
    }
}
