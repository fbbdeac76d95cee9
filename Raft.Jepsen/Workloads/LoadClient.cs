using Raft.Jepsen.Histories;
using Raft.Jepsen.Serving;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Workloads;

/// <summary>One client: asks one thing after the other, of whom it takes for the leader, and now and then of anybody.</summary>
internal sealed class LoadClient
{
    private const int StrayChance = 60_000;

    private readonly Load _load;
    private readonly IStoreNodes _nodes;
    private readonly RandomStream _random;
    private readonly RequestMix _mix;
    private readonly RecordedClient _record;
    private readonly SessionAttempts? _session;
    private ulong _leader;

    /// <param name="load">What clients share.</param>
    /// <param name="random">Decides on what is asked, and of whom.</param>
    /// <param name="usesSession">Changes are sent in a session, again and again until they are answered.</param>
    public LoadClient(Load load, RandomStream random, bool usesSession)
    {
        (_load, _nodes, _random) = (load, load.Nodes, random);
        _mix = new RequestMix(load.Options, random);
        _record = load.Recorder.NewClient();
        _session = usesSession ? new SessionAttempts(load, _record, random) : null;
        ulong[] nodes = _nodes.Ids;
        _leader = nodes[random.Below(nodes.Length)];
    }

    /// <summary>Works until told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                await _load.PauseAsync(TimeSpan.FromMicroseconds(Pause()), stop).ConfigureAwait(false);
                WorkKey key = _load.Keys.Take(_random);
                if (key.Kind == KeyKind.Bank)
                {
                    await _load.OpenAsync(key, stop).ConfigureAwait(false);
                }

                await PerformAsync(_mix.Next(key), stop).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // What was begun is ended.
        }
        finally
        {
            _session?.Dispose();
        }
    }

    private async Task PerformAsync(ClientRequest request, CancellationToken stop)
    {
        ulong node = Choose(request);
        Answer answer;
        if (_session is not null && request.Kind != RequestKind.Read)
        {
            (answer, node) = await _session.SendAsync(request, node, stop).ConfigureAwait(false);
        }
        else
        {
            answer = await SendAsync(request with { Node = node }).ConfigureAwait(false);
        }

        Learn(request, node, answer);
    }

    private async Task<Answer> SendAsync(ClientRequest request)
    {
        byte[] body = RequestBody.Of(request, request.Kind == RequestKind.Read ? RequestMix.NameOf(request.Consistency) : null);
        _record.Invoke(request);
        Answer answer = await _nodes.PostAsync(request.Node!.Value, StoreEndpoints.Operations, body, Load.AnswerLimit).ConfigureAwait(false);
        _record.End(request, answer);
        return answer;
    }

    private ulong Choose(ClientRequest request)
    {
        ulong[] nodes = _nodes.Ids;
        ulong anybody = nodes[_random.Below(nodes.Length)];
        bool strays = _random.Chance(StrayChance);
        bool anyWillDo = request is { Kind: RequestKind.Read, Consistency: RequestedConsistency.Follower or RequestedConsistency.Stale };
        return strays || anyWillDo || !nodes.Contains(_leader) ? anybody : _leader;
    }

    private void Learn(ClientRequest request, ulong node, Answer answer)
    {
        if (answer.Outcome == Outcome.Ok || answer.IsRefusal)
        {
            // Whoever carries out a change leads; anybody answers reads.
            _leader = request.Kind == RequestKind.Read ? _leader : node;
            if (request.Kind != RequestKind.Read && answer.Outcome == Outcome.Ok)
            {
                _load.Acknowledge();
            }
        }
        else if (answer.Leader != 0 && answer.Leader != node)
        {
            _leader = answer.Leader;
        }
        else if (node == _leader)
        {
            ulong[] nodes = _nodes.Ids;
            _leader = nodes[_random.Below(nodes.Length)];
        }
    }

    /// <summary>Microseconds between two requests: half to one and a half of what the rate asks for.</summary>
    private long Pause()
    {
        long mean = 1_000_000L * _load.Options.Concurrency / _load.Options.Rate;
        return _random.Between(mean / 2, mean * 3 / 2);
    }
}
